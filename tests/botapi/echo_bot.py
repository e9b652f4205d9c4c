"""The smallest bot on the same library: it echoes text. It tests the harness and is the peer in benchmarks."""

import os

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    message = update.effective_message
    if message is not None and message.text:
        await message.reply_text(message.text)


def main() -> None:
    """Poll until stopped."""
    api = os.environ["TELEGRAM_API_URL"]
    app: Application = ApplicationBuilder().token(os.environ["TELEGRAM_TOKEN"]).base_url(f"{api}/bot").build()  # type: ignore[type-arg]
    app.add_handler(MessageHandler(filters.TEXT, echo))
    app.run_polling(timeout=20)


if __name__ == "__main__":
    main()
