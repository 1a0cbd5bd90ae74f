"""The Slack surface: a Bolt `AsyncApp` over Socket Mode or HTTP."""
