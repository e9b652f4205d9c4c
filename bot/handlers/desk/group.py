"""The volunteers' group as the desk: cards, topics and posts. No name or id of a trainee is ever here."""

import contextlib
from collections.abc import Callable
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.content.catalogs import N_
from bot.content.compose import Reader
from bot.conversation.talk import Clock, Talk
from bot.core.contacts import TOKYO
from bot.core.entries import Level
from bot.core.reply import Bubble, Button, Part, bubble, paragraph
from bot.handlers.format import payloads
from bot.handlers.outbox import Sender
from bot.storage import cases, outbox
from bot.storage.cases import Case
from bot.storage.engine import Tx

_TOPIC_NAME = 128


class GroupDesk:
    """One Telegram group as the desk; every post goes through the outbox, in the transaction of its cause."""

    def __init__(self, chat_id: int, name: str, lang: str, sender: Sender, clock: Clock) -> None:
        self.chat_id = chat_id
        self.name = name
        self.lang = lang
        self.clock = clock
        self._sender = sender
        self.talk: Talk | None = None
        self.forum = False
        sender.topic_lost = self.topic_lost

    async def look(self, bot: Bot) -> None:
        """See whether the group has topics now; a group that cannot be seen keeps what was known."""
        with contextlib.suppress(TelegramError):
            self.forum = bool((await bot.get_chat(self.chat_id)).is_forum)

    def wake(self) -> None:
        """Something for the desk or from it is in the outbox."""
        self._sender.wake()

    @property
    def say(self) -> Callable[..., str]:
        """The interface in the desk's language."""
        assert self.talk is not None  # noqa: S101 - set once by the composition root
        return self.talk.assistant.catalogs[self.lang].say

    async def opened(self, tx: Tx, case: Case) -> None:
        """Make the topic of a new case, where the group has topics, and post its card."""
        if self.forum:
            await self._topic(tx, case, f"topic:{case.number}")
        await self._post(tx, self.card(case), case, dedup=f"card:{case.number}", purpose="card")

    async def topic_lost(self, tx: Tx, number: int) -> None:
        """Somebody deleted the topic of a case: make it again, once for each lost one."""
        case = await cases.get(tx, number)
        if case is not None:
            await self._topic(tx, case, f"topic:{case.number}:{case.thread_id}")

    async def _topic(self, tx: Tx, case: Case, dedup: str) -> None:
        payload = {"name": self.title(case)[:_TOPIC_NAME]}
        await self._enqueue(tx, case, "createForumTopic", payload, purpose="topic", dedup=dedup)

    async def shut(self, tx: Tx, case: Case, *, closed: bool) -> None:
        """Close or reopen the topic with its case."""
        if case.thread_id is not None:
            method = "closeForumTopic" if closed else "reopenForumTopic"
            await self._enqueue(tx, case, method, {"message_thread_id": case.thread_id}, purpose="topic-state")

    def title(self, case: Case) -> str:
        """Number, language, level and subject of a case."""
        assert self.talk is not None  # noqa: S101 - set once by the composition root
        last = {"lang": case.lang, "level": case.level.word, "entry": case.entry}
        return f"#{case.number} · {self.talk.summary(last, self.lang, case.prefecture)}"

    async def wrote(self, tx: Tx, case: Case, text: str, relay_id: int) -> None:
        """Post what the trainee wrote, as a reply to the card."""
        said = bubble(paragraph(f"#{case.number}", "strong"), paragraph(text))
        await self._post(tx, said, case, dedup=f"relay:{relay_id}", purpose="relay-in", relay_id=relay_id)

    async def told(self, tx: Tx, case: Case, what: str) -> None:
        """Post what happened on the trainee's side."""
        say = self.say
        words = {
            "safe": say(N_("Are you safe now? Yes")),
            "not safe": say(N_("Are you safe now? No")),
            "withdrawn": say(N_("The trainee has taken the case back.")),
            "closed by the trainee": say(N_("The trainee has closed the case.")),
        }
        said = bubble(paragraph(f"#{case.number}", "strong"), words.get(what, what))
        await self._post(tx, said, case, purpose="notice")

    async def raised(self, tx: Tx, case: Case) -> None:
        """Post again that nobody has taken a case."""
        text = self.say(N_("Nobody has taken case {number} yet."), number=case.number)
        said = bubble(paragraph(text, "strong"), rows=((Button(self.say(N_("Take it")), f"claim:{case.number}"),),))
        await self._post(tx, said, case, purpose="raise", dedup=f"raise:{case.number}:{case.raised_count}")

    async def _post(
        self,
        tx: Tx,
        said: Bubble,
        case: Case,
        *,
        purpose: str,
        dedup: str | None = None,
        relay_id: int | None = None,
    ) -> None:
        for number, payload in enumerate(payloads(said)):
            await self._enqueue(
                tx,
                case,
                "sendMessage",
                payload,
                purpose=purpose if number == 0 else "more",
                dedup=f"{dedup}:{number}" if dedup else None,
                relay_id=relay_id,
            )

    async def _enqueue(
        self,
        tx: Tx,
        case: Case,
        method: str,
        payload: dict[str, Any],
        *,
        purpose: str,
        dedup: str | None = None,
        relay_id: int | None = None,
    ) -> None:
        await outbox.enqueue(
            tx,
            case.desk_chat or self.chat_id,
            method,
            payload,
            self.clock(),
            priority=0 if case.level == Level.EMERGENCY else 2,
            dedup=dedup,
            relay_id=relay_id,
            case_number=case.number,
            purpose=purpose,
        )
        self.wake()

    def card(self, case: Case) -> Bubble:
        """All that the desk sees of a case: what the trainee agreed to send, and what Kenri made of it."""
        assert self.talk is not None  # noqa: S101 - set once by the composition root
        say, assistant = self.say, self.talk.assistant
        body: list[str | tuple[Part, ...]] = [paragraph(self.title(case), "strong")]
        if case.danger:
            body.append(say(N_("Danger: {kinds}"), kinds=", ".join(case.danger)))
        if case.entry:
            body.append(say(N_("Matched: {entry} ({score})"), entry=case.entry, score=f"{case.score:.2f}"))
        body.append(paragraph(say(N_("Words sent:"))))
        body.append(paragraph(case.shared or say(N_("(none: only the facts above)")), "quote"))
        reader = Reader(case.lang, self.clock().astimezone(TOKYO), case.prefecture)
        found = assistant.contacts(case.entry, case.level, case.danger, reader)
        told = ", ".join(item.contact.name(self.lang) for item in found)
        body.append(say(N_("Lines already shown: {lines}"), lines=told))
        if case.alias:
            body.append(say(N_("Taken by {alias}"), alias=case.alias))
        return bubble(*body, rows=self._rows(case))

    def _rows(self, case: Case) -> tuple[tuple[Button, ...], ...]:
        say, n = self.say, case.number
        if case.state == "withdrawn":
            return ()  # the trainee took consent back
        if case.state == "closed":
            return ((Button(say(N_("Reopen")), f"reopen:{n}"),),)
        if case.alias:
            return ((Button(say(N_("Release")), f"release:{n}"), Button(say(N_("Close the case")), f"resolve:{n}")),)
        return ((Button(say(N_("Take it")), f"claim:{n}"), Button(say(N_("Close the case")), f"resolve:{n}")),)

    async def to_trainee(self, tx: Tx, case: Case, text: str, relay_id: int) -> None:
        """A volunteer's words to the trainee, marked with the desk's name only."""
        if case.chat_id is None or self.talk is None:
            return
        say = self.talk.assistant.catalogs[case.lang].say
        head = say(N_("Volunteer of {desk}:"), desk=self.name)
        for number, payload in enumerate(payloads(bubble(paragraph(head, "strong"), paragraph(text)))):
            await outbox.enqueue(
                tx,
                case.chat_id,
                "sendMessage",
                payload,
                self.clock(),
                priority=1,
                dedup=f"relay:{relay_id}:{number}",
                relay_id=relay_id,
                case_number=case.number,
                purpose="relay-out" if number == 0 else "more",
            )
        self._sender.wake()
