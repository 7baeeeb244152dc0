"""What a chat gets, decided in the chat: typed changes, menus, and the sentence that says it back.

The commands package calls ``ChatSettings`` and passes on what people typed and pressed. Here stands
everything about a chat's own subscription; nothing here finds, reads or votes on papers.
"""
