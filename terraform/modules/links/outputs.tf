################################################################################
# Attachments
################################################################################

output "attachments_bucket" {
  description = "The bucket that holds the attachments, below `attachments/`."
  value       = module.attachments.name
}

output "attachments_bucket_arn" {
  description = "The attachments bucket's ARN, known at plan."
  value       = module.attachments.arn
}

################################################################################
# Links
################################################################################

output "table_name" {
  description = "The table of the links, by the token's hash; its indexes `mail`, `object_key` and `recipient` find those of one mail, file or recipient."
  value       = local.table_name
  depends_on  = [aws_dynamodb_table.links]
}

output "table_arn" {
  description = "The links table's ARN, known at plan."
  value       = local.table_arn
  depends_on  = [aws_dynamodb_table.links]
}

output "expiry_hours" {
  description = "Hours that a link works."
  value       = var.expiry_hours
}

################################################################################
# Function
################################################################################

output "function_name" {
  description = "The function that answers clicks."
  value       = module.function.name
}

################################################################################
# API
################################################################################

output "url" {
  description = "What a link starts with; a slash and the token follow."
  value       = aws_apigatewayv2_api.this.api_endpoint
}
