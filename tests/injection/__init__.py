"""What people and files hand in is shown as text and does nothing, wherever it is shown."""
