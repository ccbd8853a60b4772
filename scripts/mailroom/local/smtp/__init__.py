"""SES's two doors: submission (for those who may send) and inbound (for the world)."""
