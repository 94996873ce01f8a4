"""What is sent: broadcasts, deliveries, receipts; one folder per channel."""
