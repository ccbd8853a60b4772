"""When is an alarm in alarm? As CloudWatch documents it, without the emulator."""
