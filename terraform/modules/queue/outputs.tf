################################################################################
# Queue
################################################################################

output "url" {
  description = "Where messages are sent to and received from."
  value       = aws_sqs_queue.this.url
}

output "arn" {
  description = "The queue's ARN, known at plan; usable once the queue and its policy exist."
  value       = local.arn
  depends_on  = [aws_sqs_queue.this]
}

output "visibility_timeout_seconds" {
  description = "Seconds that a received message is hidden."
  value       = var.visibility_timeout_seconds
}

output "retention_days" {
  description = "Days that messages are kept: `queue` and `dead_letters`."
  value       = { queue = var.retention_days, dead_letters = var.dead_letter_retention_days }
}

output "name" {
  description = "The queue's name, as metrics call it."
  value       = local.name
}

################################################################################
# Dead letters
################################################################################

output "dead_letter_url" {
  description = "Where messages wait that were tried too often."
  value       = aws_sqs_queue.dead_letters.url
}

output "dead_letter_arn" {
  description = "The dead-letter queue's ARN, known at plan."
  value       = local.dead_letter_arn
  depends_on  = [aws_sqs_queue.dead_letters]
}

output "dead_letter_name" {
  description = "The dead-letter queue's name, as metrics call it."
  value       = local.dead_letter_name
}

################################################################################
# Alarms
################################################################################

output "alarm_names" {
  description = "The alarms' names by kind: dead_letters, oldest_age, arrivals, waiting, of those that are on."
  value       = { for kind, alarm in aws_cloudwatch_metric_alarm.this : kind => alarm.alarm_name }
}
