"""People and bots, and what they are in a group."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
PRESENT = ("creator", "administrator", "member")
ADMINS = ("creator", "administrator")
RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(slots=True, eq=False)
class Account:
    """A person or the bot; `started`, `blocked` and `deactivated` say what the bot may send them."""

    id: int
    first_name: str
    language_code: str | None = None
    username: str | None = None
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def json(self) -> Json:
        """The `User` object."""
        facts = {"username": self.username, "language_code": self.language_code}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name} | given(facts)


@dataclass(slots=True, eq=False)
class Member:
    """Somebody in a group: creator, administrator, member, restricted, left or kicked."""

    account: Account
    status: str = "member"
    rights: dict[str, bool] = field(default_factory=dict)

    def may(self, right: str) -> bool:
        """Whether they hold an administrator's right."""
        return self.status == "creator" or (self.status == "administrator" and self.rights.get(right, True))

    @property
    def present(self) -> bool:
        """Whether they are in the chat (a restricted member is)."""
        return self.status in PRESENT or self.status == "restricted"

    def json(self) -> Json:
        """The `ChatMember` object of their status."""
        facts: Json = {"user": self.account.json(), "status": self.status}
        if self.status == "administrator":
            facts |= {"can_be_edited": False, "is_anonymous": False}
            facts |= {right: self.may(right) for right in RIGHTS}
            facts |= {"can_post_stories": False, "can_edit_stories": False, "can_delete_stories": False}
        elif self.status == "creator":
            facts |= {"is_anonymous": False}
        elif self.status == "kicked":
            facts |= {"until_date": 0}
        elif self.status == "restricted":
            kinds = [
                "messages",
                "audios",
                "documents",
                "photos",
                "videos",
                "video_notes",
                "voice_notes",
                "polls",
                "other_messages",
            ]
            facts |= {f"can_send_{kind}": self.rights.get("can_send_messages", False) for kind in kinds}
            facts |= {"is_member": True, "until_date": 0, "can_add_web_page_previews": False}
            facts |= {"can_change_info": False, "can_invite_users": False, "can_pin_messages": False}
            facts |= {"can_manage_topics": False, "can_react_to_messages": False, "can_edit_tag": False}
        return facts


def given(facts: Json) -> Json:
    """What is known, without the gaps."""
    return {name: value for name, value in facts.items() if value is not None}
