"""Everything that the library apprise reaches, sending only: Slack, Feishu, WeCom, e-mail, Matrix.

Here belong a post in the three forms that its services take, and what its answers mean. Not here:
what any one service is like; that is the library's affair.
"""

from adapters.apprise.adapter import AppriseAdapter, create

__all__ = ["AppriseAdapter", "create"]
