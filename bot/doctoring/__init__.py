"""`bot doctor`: looks at what the bot needs before it runs, one line for each, with what to do."""
