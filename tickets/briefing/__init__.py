"""What the agent must know before answering, each line with its evidence."""
