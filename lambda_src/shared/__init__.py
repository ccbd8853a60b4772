"""What two or more functions need, and nothing else."""
