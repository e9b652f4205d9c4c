"""The volunteers' group: cards, claims, and words relayed both ways. No name or id of a trainee is ever here."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.content.catalogs import N_
from bot.content.compose import Reader
from bot.conversation.talk import Clock, Talk
from bot.core.contacts import TOKYO
from bot.core.entries import Level
from bot.core.reply import Bubble, Button, Part, bubble, paragraph
from bot.errors import CaseConflict
from bot.handlers.format import messages, payloads
from bot.handlers.outbox import Sender
from bot.storage import cases, outbox, relay
from bot.storage.cases import Case
from bot.storage.engine import Tx

Context = ContextTypes.DEFAULT_TYPE
NOTE = "//"
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


class DeskHandlers:
    """Handlers of the volunteers' group."""

    def __init__(self, desk: GroupDesk, talk: Talk) -> None:
        self.desk = desk
        self.talk = talk

    async def message(self, update: Update, context: Context) -> None:
        """A reply to a card or to a trainee's words reaches the trainee; `//` notes and other talk stay here."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None or not message.text:
            return
        try:
            refused = await self._relayed(message, user.id)
        except CaseConflict as conflict:
            refused = str(conflict)
        if refused:
            await message.reply_text(refused)

    async def _relayed(self, message: Message, member_id: int) -> str | None:
        """Put a volunteer's words on their way; a line for the volunteer where they cannot go."""
        now, text = self.desk.clock(), message.text or ""
        async with self.talk.database.begin() as tx:
            case = await self._case_of(tx, message)
            if case is None:
                return None
            if text.lstrip().startswith(NOTE):
                await relay.record(tx, case.number, "note", text, "text", now, message.message_id, member_id)
                return None
            if case.state in ("closed", "withdrawn"):
                return self.desk.say(N_("This case is closed. Nothing was sent."))
            if case.alias is None:
                case = await cases.claim(tx, case.number, member_id, now)
            relay_id = await relay.record(tx, case.number, "out", text, "text", now, message.message_id, member_id)
            await cases.answered(tx, case.number, member_id, now)
            await self.desk.to_trainee(tx, case, text, relay_id)
        return None

    async def _case_of(self, tx: Tx, message: Message) -> Case | None:
        if message.message_thread_id is not None and message.is_topic_message:
            found = await cases.at_thread(tx, message.chat_id, message.message_thread_id)
            if found is not None:
                return found
        if message.reply_to_message is not None:
            return await cases.at_message(tx, message.chat_id, message.reply_to_message.message_id)
        return None

    async def tap(self, update: Update, context: Context) -> None:
        """Claim, release, close or reopen; the card is drawn anew, and the loser of a race is told who won."""
        query, user = update.callback_query, update.effective_user
        if query is None or user is None or query.data is None:
            return
        head, _, rest = query.data.partition(":")
        steps: dict[str, Callable[..., Awaitable[Case]]] = {
            "claim": cases.claim,
            "release": cases.release,
            "resolve": cases.close,
            "reopen": cases.reopen,
        }
        if head not in steps or not rest.isdigit():
            await query.answer()
            return
        try:
            async with self.talk.database.begin() as tx:
                case = await steps[head](tx, int(rest), user.id, self.desk.clock())
                await self._changed(tx, case, head)
        except CaseConflict as conflict:
            await query.answer(str(conflict)[:190], show_alert=True)
            return
        await query.answer()
        text, markup = messages(self.desk.card(case))[-1]
        await query.edit_message_text(text, parse_mode="HTML", reply_markup=markup)

    async def _changed(self, tx: Tx, case: Case, step: str) -> None:
        """What follows a change of a case: its topic, and a line for the trainee."""
        if step in ("resolve", "reopen"):
            await self.desk.shut(tx, case, closed=step == "resolve")
        words = {
            "claim": N_("A volunteer has taken your case. Write here and it goes to them."),
            "resolve": N_("The volunteer has closed your case. You can ask again at any time."),
        }
        if case.chat_id is None or step not in words:
            return
        say = self.talk.assistant.catalogs[case.lang].say
        for payload in payloads(bubble(say(words[step]))):
            await outbox.enqueue(
                tx, case.chat_id, "sendMessage", payload, self.desk.clock(), priority=1, case_number=case.number,
                purpose="notice",
            )  # fmt: skip

    async def command(self, update: Update, context: Context) -> None:
        """`/queue`, `/case N`, `/answer ENTRY` (as a reply), `/close N`, `/reopen N`, `/note`, `/help`."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None or not message.text:
            return
        name, _, rest = message.text.partition(" ")
        name = name[1:].split("@", 1)[0].casefold()
        say, rest = self.desk.say, rest.strip()
        now = self.desk.clock()
        async with self.talk.database.begin() as tx:
            match name:
                case "queue":
                    said = self._queue(await cases.queue(tx))
                case "note":
                    case = await self._case_of(tx, message)
                    if case is not None and rest:
                        await relay.record(tx, case.number, "note", rest, "text", now, message.message_id, user.id)
                    said = bubble(say(N_("Noted.")) if case is not None and rest else say(N_("Reply to a card.")))
                case "case" | "close" | "reopen":
                    case = await cases.get(tx, int(rest)) if rest.isdigit() else await self._case_of(tx, message)
                    said = await self._one(tx, name, case, user.id)
                case "answer":
                    said = await self._curated(tx, message, rest, user.id)
                case _:
                    said = bubble(
                        say(
                            N_(
                                "Reply to a card or to a trainee's message and your words reach the trainee. What "
                                "begins with // stays here."
                            )
                        ),
                        "/queue · /case N · /answer ENTRY · /note TEXT · /close N · /reopen N",
                    )
        text, markup = messages(said)[-1]
        await message.reply_text(text, parse_mode="HTML", reply_markup=markup)

    def _queue(self, waiting: list[Case]) -> Bubble:
        if not waiting:
            return bubble(self.desk.say(N_("No open cases.")))
        head = self.talk.assistant.catalogs[self.desk.lang].count("{n} open case", "{n} open cases", len(waiting))
        lines = [paragraph(head, "strong")]
        for case in waiting:
            lines.append(paragraph(f"{self.desk.title(case)} · {case.alias or '—'}"))
        return bubble(*lines)

    async def _one(self, tx: Tx, name: str, case: Case | None, member_id: int) -> Bubble:
        say = self.desk.say
        if case is None:
            return bubble(say(N_("Which case? Write its number, or reply to its card.")))
        try:
            if name == "close":
                case = await cases.close(tx, case.number, member_id, self.desk.clock())
                await self._changed(tx, case, "resolve")
            elif name == "reopen":
                case = await cases.reopen(tx, case.number, member_id, self.desk.clock())
                await self._changed(tx, case, "reopen")
        except CaseConflict as conflict:
            return bubble(str(conflict))
        return self.desk.card(case)

    async def _curated(self, tx: Tx, message: Message, entry: str, member_id: int) -> Bubble:
        say, now = self.desk.say, self.desk.clock()
        case = await self._case_of(tx, message)
        if case is None or case.chat_id is None:
            return bubble(say(N_("Reply to the card of an open case.")))
        if entry not in self.talk.assistant.knowledge.entries:
            near = [e for e in self.talk.assistant.knowledge.entries if entry and entry.casefold() in e]
            return bubble(say(N_("No such entry.")), *near[:8])
        reader = Reader(case.lang, now.astimezone(TOKYO), case.prefecture)
        answer = self.talk.assistant.entry(entry, reader)
        relay_id = await relay.record(
            tx, case.number, "out", f"/answer {entry}", "entry", now, message.message_id, member_id
        )
        for said in answer.reply.bubbles:
            for number, payload in enumerate(payloads(said)):
                await outbox.enqueue(
                    tx, case.chat_id, "sendMessage", payload, now, priority=1, dedup=f"relay:{relay_id}:{number}",
                    relay_id=relay_id, case_number=case.number, purpose="relay-out" if number == 0 else "more",
                )  # fmt: skip
        self.desk.wake()
        return bubble(
            say(
                N_("Sent: {title}"),
                title=self.talk.assistant.knowledge.text(entry, self.desk.lang, reader.day)[0].title,
            )
        )
