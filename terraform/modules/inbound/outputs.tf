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

output "rule_name" {
  description = "Our receipt rule's name."
  value       = aws_ses_receipt_rule.this.name
}

output "dns_records" {
  description = "The records that the receipt address and former ones need, made in Route 53 or to be pasted at any other DNS provider: name, type, ttl (seconds), value, why."
  value       = values(local.mx_records)
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
# Sends
################################################################################

output "sends_queue_url" {
  description = "Where SES's word that it took a mail waits for the ledger."
  value       = module.sends.url
}

output "sends_dead_letter_queue_url" {
  description = "Where such a word waits that was tried too often."
  value       = module.sends.dead_letter_url
}

output "settle_function_name" {
  description = "The function that notes in the ledger what SES took."
  value       = module.settle.name
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
