"""A local workspace that speaks the protocol of Slack to an unchanged bot."""
