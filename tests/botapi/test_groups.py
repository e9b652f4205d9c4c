"""Groups: the bot's standing, topics, privacy mode, the upgrade to a supergroup."""

import pytest
from telegram import Bot, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.botapi.client import Telegram


async def test_topics_live_and_die(api: Telegram, bot: Bot) -> None:
    """Created, written to, renamed, closed, reopened, deleted, each refused the second time."""
    group = api.group(forum=True)
    topic = await bot.create_forum_topic(group.id, "#12 vi wages")
    number = topic.message_thread_id
    sent = await bot.send_message(group.id, "card", message_thread_id=number)
    assert (sent.message_thread_id, sent.is_topic_message) == (number, True)
    [card] = await group.hears()
    assert (card.thread, group.topics) == (number, {number: "#12 vi wages"})
    reply = await bot.send_message(group.id, "more", reply_parameters=ReplyParameters(sent.message_id))
    assert reply.message_thread_id == number
    assert await bot.edit_forum_topic(group.id, number, name="#12 done")
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await bot.edit_forum_topic(group.id, number, name="#12 done")
    assert await bot.close_forum_topic(group.id, number)
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await bot.close_forum_topic(group.id, number)
    await bot.send_message(group.id, "an administrator may", message_thread_id=number)
    assert await bot.reopen_forum_topic(group.id, number)
    assert await bot.delete_forum_topic(group.id, number)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=number)
    with pytest.raises(BadRequest, match="Topic_id_invalid"):
        await bot.close_forum_topic(group.id, number)
    assert card.deleted


async def test_topics_need_a_forum_and_the_right(api: Telegram, bot: Bot) -> None:
    """A plain group, a group where topics are not the bot's, the General topic by number."""
    with pytest.raises(BadRequest, match="The chat is not a forum"):
        await bot.create_forum_topic(api.group().id, "x")
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(api.group(forum=True, rights={"can_manage_topics": False}).id, "x")
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(api.group(forum=True, bot="member").id, "x")
    forum = api.group(forum=True)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=1)
    assert (await bot.send_message(forum.id, "x")).message_thread_id is None
    assert (await bot.send_message(api.group().id, "x", message_thread_id=99)).message_thread_id is None


async def test_people_write_in_topics(api: Telegram, bot: Bot) -> None:
    """A message in a topic replies to the topic's first; a reply in General has a thread but is no topic message."""
    vol = api.user(8, "Vol", "ja")
    group = api.group(forum=True, members=(vol,))
    number = (await bot.create_forum_topic(group.id, "#1")).message_thread_id
    await vol.sends("in the topic", group, thread=number)
    general = await bot.send_message(group.id, "general")
    [shown] = await group.hears()
    await vol.sends("to general", group, reply_to=shown)
    topic, reply = [u.message for u in await bot.get_updates()]
    assert topic is not None
    assert topic.is_topic_message
    assert topic.reply_to_message is not None
    assert topic.reply_to_message.forum_topic_created is not None
    assert reply is not None
    assert (reply.message_thread_id, reply.is_topic_message) == (general.message_id, None)
    await group.deletes_topic(number)
    assert (await bot.get_chat(group.id)).is_forum
    await group.becomes_forum(False)
    assert not (await bot.get_chat(group.id)).is_forum


async def test_privacy_mode_hides_talk_that_is_not_for_the_bot(api: Telegram, bot: Bot) -> None:
    """A plain member hears commands, mentions and replies to itself; an administrator hears all."""
    vol = api.user(8, "Vol", "ja")
    group = api.group(members=(vol,), bot="member")
    await bot.send_message(group.id, "card")
    [card] = await group.hears()
    for text in ("chatter", "/queue", "/queue@other_bot", "/queue@kenri_test_bot", "hey @kenri_test_bot"):
        await vol.sends(text, group)
    await vol.sends("reply", group, reply_to=card)
    await group.changes_bot("administrator")
    await vol.sends("heard", group)
    updates = await bot.get_updates()
    assert [u.message.text for u in updates if u.message] == [
        "/queue", "/queue@kenri_test_bot", "hey @kenri_test_bot", "reply", "heard",
    ]  # fmt: skip


async def test_the_bots_standing(api: Telegram, bot: Bot) -> None:
    """Added, promoted, restricted, kicked: each is told, and what follows is refused in the right words."""
    group = api.group(bot="absent")
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.id, "x")
    await group.changes_bot("member")
    await group.changes_bot("administrator", can_manage_topics=False)
    await bot.send_message(group.id, "x")
    await group.changes_bot("restricted")
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(group.id, "x")
    await group.kicks_bot()
    for call in (bot.send_message(group.id, "x"), bot.get_chat(group.id), bot.leave_chat(group.id)):
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await call
    changes = [u.my_chat_member for u in await bot.get_updates() if u.my_chat_member]
    assert [c.new_chat_member.status for c in changes] == ["member", "administrator", "restricted", "kicked"]
    basic = api.group(basic=True, bot="member")
    assert await bot.leave_chat(basic.id)
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(basic.id, "x")
    await basic.kicks_bot()
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(basic.id, "x")


async def test_members(api: Telegram, bot: Bot) -> None:
    """Statuses as they are; a stranger has left; nobody is not found."""
    vol, gone = api.user(8, "Vol"), api.user(9, "Gone")
    group = api.group(members=(vol,), rights={"can_manage_topics": False})
    group.put(gone, "kicked")
    statuses = [(await bot.get_chat_member(group.id, n)).status for n in (8, 9, group.owner.id, bot.id)]
    assert statuses == ["member", "kicked", "creator", "administrator"]
    api.user(10, "Stranger")
    assert (await bot.get_chat_member(group.id, 10)).status == "left"
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(group.id, 99)
    admins = await bot.get_chat_administrators(group.id)
    assert {m.user.id for m in admins} == {group.owner.id, bot.id}
    assert await bot.get_chat_member_count(group.id) == 3
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators((await vol.sends("x")).chat.id)


async def test_a_group_is_upgraded(api: Telegram, bot: Bot) -> None:
    """Both service messages come, the old id refuses with the new one, the new one works."""
    vol = api.user(8, "Vol")
    old = api.group(basic=True, bot="member", members=(vol,))
    new = await old.upgrade()
    leaving, arriving = [u.message for u in await bot.get_updates()]
    assert leaving is not None
    assert (leaving.chat.id, leaving.migrate_to_chat_id) == (old.id, new.id)
    assert arriving is not None
    assert (arriving.chat.id, arriving.migrate_from_chat_id) == (new.id, old.id)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(old.id, "x")
    assert caught.value.new_chat_id == new.id
    assert api.sent[-1].error is not None
    assert api.sent[-1].error.description == "Bad Request: group chat was upgraded to a supergroup chat"
    await bot.send_message(new.id, "x")
    assert len(await new.hears()) == 1


async def test_deleting_in_groups(api: Telegram, bot: Bot) -> None:
    """An administrator deletes anything in a supergroup; a member only its own, for 48 hours."""
    vol = api.user(8, "Vol")
    strong, weak = api.group(members=(vol,)), api.group(members=(vol,), bot="member")
    for group in (strong, weak):
        said = await vol.sends("x", group)
        own = await bot.send_message(group.id, "y")
        api.world.skew = 49 * 3600 if group is strong else 0
        if group is strong:
            assert await bot.delete_messages(group.id, [said.id, own.message_id])
            continue
        with pytest.raises(BadRequest, match="Message can't be deleted"):
            await bot.delete_message(group.id, said.id)
        api.world.skew = 0
        fresh = await bot.send_message(group.id, "z")
        assert await bot.delete_message(group.id, fresh.message_id)
