"""A chat's members as a Bot API server tells of them. Pure."""

from typing import Any

_ADMINISTRATORS_RIGHTS = (
    "can_be_edited",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_RESTRICTED = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def member_of(user: int, status: str) -> dict[str, Any]:
    """A ``ChatMember`` of a status: creator, administrator, member, restricted, left, kicked."""
    told: dict[str, Any] = {
        "status": status,
        "user": {"id": user, "is_bot": False, "first_name": "A"},
    }
    match status:
        case "creator":
            return told | {"is_anonymous": False}
        case "administrator":
            return told | {"is_anonymous": False} | dict.fromkeys(_ADMINISTRATORS_RIGHTS, True)
        case "restricted":
            return told | {"is_member": True, "until_date": 0} | dict.fromkeys(_RESTRICTED, False)
        case "kicked":
            return told | {"until_date": 0}
        case _:
            return told
