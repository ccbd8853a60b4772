################################################################################
# Topic
################################################################################

output "arn" {
  description = "The topic's ARN, known at plan; usable once its policy exists."
  value       = local.arn
  depends_on  = [aws_sns_topic_policy.this]
}

output "name" {
  description = "The topic's name."
  value       = local.name
}
