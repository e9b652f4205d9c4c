"""What volunteers do: claim, reply, note, close, and send checked answers; their words go through the outbox."""

from collections.abc import Awaitable, Callable

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.content.catalogs import N_
from bot.content.compose import Reader
from bot.conversation.talk import Talk
from bot.core.contacts import TOKYO
from bot.core.reply import Bubble, bubble, paragraph
from bot.errors import CaseConflict
from bot.handlers.desk.group import GroupDesk
from bot.handlers.format import messages, payloads
from bot.storage import cases, outbox, relay
from bot.storage.cases import Case
from bot.storage.engine import Tx

Context = ContextTypes.DEFAULT_TYPE
NOTE = "//"


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
        except CaseConflict:
            refused = self.desk.say(N_("This is not possible now. Look at the card."))
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
        except CaseConflict:
            await query.answer(await self._why_not(int(rest)), show_alert=True)
            return
        await query.answer()
        text, markup = messages(self.desk.card(case))[-1]
        await query.edit_message_text(text, parse_mode="HTML", reply_markup=markup)

    async def _why_not(self, number: int) -> str:
        """What a volunteer is told who came second."""
        async with self.talk.database.begin() as tx:
            case = await cases.get(tx, number)
        if case is not None and case.alias is not None:
            return str(self.desk.say(N_("Case {number} is taken by {alias}."), number=number, alias=case.alias))
        return str(self.desk.say(N_("This is not possible now. Look at the card.")))

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
        except CaseConflict:
            return bubble(say(N_("This is not possible now. Look at the card.")))
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
