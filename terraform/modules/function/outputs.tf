################################################################################
# Function
################################################################################

output "name" {
  description = "The function's name."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "The function's ARN, for triggers and permissions."
  value       = aws_lambda_function.this.arn
}

output "invoke_arn" {
  description = "The ARN by which API Gateway calls the function."
  value       = aws_lambda_function.this.invoke_arn
}

output "timeout_seconds" {
  description = "Seconds that one call may take; a queue in front hides its messages at least 6 times as long."
  value       = var.timeout_seconds
}

output "environment" {
  description = "The function's environment variables, as it reads them."
  value       = aws_lambda_function.this.environment[0].variables
}

################################################################################
# Access
################################################################################

output "role_name" {
  description = "The name of the role that the function runs with."
  value       = aws_iam_role.this.name
}

output "role_arn" {
  description = "The ARN of the role that the function runs with."
  value       = aws_iam_role.this.arn
}

################################################################################
# Log
################################################################################

output "log_group_name" {
  description = "Where the function writes its log."
  value       = aws_cloudwatch_log_group.this.name
}
