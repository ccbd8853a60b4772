################################################################################
# Receiving
################################################################################

output "receipt_address" {
  description = "The address that receives."
  value       = var.receipt_address
}

output "rule_set_name" {
  description = "The receipt rule set that holds our rule."
  value       = aws_ses_receipt_rule.this.rule_set_name
}

output "dns_records" {
  description = "The record that the receipt address needs, made in Route 53 or to be pasted at any other DNS provider: name, type, ttl (seconds), value, why."
  value       = [local.mx_record]
}

################################################################################
# Raw mail
################################################################################

output "raw_bucket" {
  description = "The bucket that holds the raw mail, below `incoming/`."
  value       = module.raw.name
}

################################################################################
# Queue
################################################################################

output "queue_url" {
  description = "Where received mail waits for the processor."
  value       = module.queue.url
}

output "dead_letter_queue_url" {
  description = "Where mail waits that was tried too often."
  value       = module.queue.dead_letter_url
}

################################################################################
# Ledger
################################################################################

output "ledger_table" {
  description = "The table that says how far each mail has come."
  value       = aws_dynamodb_table.ledger.name
}

################################################################################
# Processor
################################################################################

output "function_name" {
  description = "The function that works the mail."
  value       = module.function.name
}

################################################################################
# Notices
################################################################################

output "notice_topic_arn" {
  description = "Where mail is told of that could not go out."
  value       = module.notices.arn
}
