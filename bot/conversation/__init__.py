"""The trainee's side: one function per thing a person does, the same on Telegram and in the terminal."""
