"""A small faithful Telegram Bot API on loopback, and the harness that runs the real bot against it.

async with Telegram() as api:                           # tests.botapi.client
    an, vol = api.user(7, "An", "vi"), api.user(8, "Vol", "ja")
    desk = api.group("Desk", forum=True, members=(vol,))
    async with running_bot(api, tmp_path, DESK_CHAT_ID=desk.id) as bot:    # tests.botapi.process
        await an.sends("/start")
        [greeting] = await an.hears()
        await an.taps(greeting.buttons[0])
        api.faults.add("sendMessage", "429", times=2)
        await bot.kill()
        await bot.start()
"""
