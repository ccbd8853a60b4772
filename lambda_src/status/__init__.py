"""Where is my message: events of SES, Pinpoint and SMS, folded into one item per message and recipient."""
