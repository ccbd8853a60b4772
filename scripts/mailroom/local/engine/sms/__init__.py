"""AWS End User Messaging SMS: numbers, opt-outs, configuration sets, and what becomes of a text message."""
