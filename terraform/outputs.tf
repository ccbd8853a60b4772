################################################################################
# Environment
################################################################################

output "name_prefix" {
  description = "What every physical name starts with."
  value       = local.name_prefix
}

output "region" {
  description = "The AWS Region that everything is in."
  value       = var.region
}

output "account_id" {
  description = "The AWS account that this environment lives in."
  value       = var.account_id
}

output "alarm_topic_arn" {
  description = "The topic that alarms go to."
  value       = module.alarms.arn
}

output "retain_data" {
  description = "Whether a destroy is refused, as the last apply recorded it; `mailroom deploy destroy` asks before it begins."
  value       = terraform_data.retention.output
}

################################################################################
# DNS
################################################################################

output "dns_records" {
  description = "Every record that the domains need: name, type, ttl (seconds), value, why, and whether it is made in Route 53 (made) or to be pasted at another DNS provider."
  value       = concat(local.delegations, flatten(module.sending[*].dns_records), flatten(module.inbound[*].dns_records))
}

################################################################################
# Capabilities (null where one is off)
################################################################################

output "sender_address" {
  description = "The address that mail comes from."
  value       = local.sender.sender_address
}

output "configuration_set" {
  description = "The SES configuration set that redistributed mail goes through."
  value       = var.inbound == null ? null : local.sender.configuration_set_name
}

output "links_url" {
  description = "What a link in a mail starts with; a slash and the token follow."
  value       = one(module.links[*].url)
}

output "links_table" {
  description = "The table of the links."
  value       = one(module.links[*].table_name)
}

output "links_function_name" {
  description = "The function that answers clicks."
  value       = one(module.links[*].function_name)
}

output "attachments_bucket" {
  description = "The bucket that holds the attachments."
  value       = one(module.links[*].attachments_bucket)
}

output "receipt_address" {
  description = "The address that receives; keep it secret."
  value       = one(module.inbound[*].receipt_address)
}

output "raw_bucket" {
  description = "The bucket that holds the raw mail."
  value       = one(module.inbound[*].raw_bucket)
}

output "ledger_table" {
  description = "The table that says how far each mail has come."
  value       = one(module.inbound[*].ledger_table)
}

output "inbound_queue_url" {
  description = "Where received mail waits for the processor."
  value       = one(module.inbound[*].queue_url)
}

output "inbound_dead_letter_queue_url" {
  description = "Where mail waits that was tried too often."
  value       = one(module.inbound[*].dead_letter_queue_url)
}

output "inbound_sends_queue_url" {
  description = "Where SES's word that it took a mail waits for the ledger."
  value       = one(module.inbound[*].sends_queue_url)
}

output "inbound_sends_dead_letter_queue_url" {
  description = "Where such a word waits that was tried too often."
  value       = one(module.inbound[*].sends_dead_letter_queue_url)
}

output "settle_function_name" {
  description = "The function that notes in the ledger what SES took."
  value       = one(module.inbound[*].settle_function_name)
}

output "rule_set_name" {
  description = "The receipt rule set that holds our rule."
  value       = one(module.inbound[*].rule_set_name)
}

output "rule_name" {
  description = "Our receipt rule's name."
  value       = one(module.inbound[*].rule_name)
}

output "inbound_function_name" {
  description = "The function that works the mail."
  value       = one(module.inbound[*].function_name)
}

output "notice_topic_arn" {
  description = "The topic that tells of mail that could not go out."
  value       = one(module.inbound[*].notice_topic_arn)
}

output "status_api_url" {
  description = "Where the status API is; its paths follow, without a slash at the end."
  value       = one(module.status[*].api_url)
}

output "status_page_url" {
  description = "The page that shows where a message is."
  value       = one(module.status[*].page_url)
}

output "status_api_id" {
  description = "The status API's id, for IAM policies and for what is put in front of it."
  value       = one(module.status[*].api_id)
}

output "status_usage_plan_id" {
  description = "The plan that the API's keys are put in; null where callers are signed."
  value       = one(module.status[*].usage_plan_id)
}

output "status_table" {
  description = "The table: an item for each message and recipient."
  value       = one(module.status[*].table_name)
}

output "status_queue_url" {
  description = "Where events wait to be folded into the table."
  value       = one(module.status[*].queue_url)
}

output "status_dead_letter_queue_url" {
  description = "Where events wait that could not be read, or were tried too often."
  value       = one(module.status[*].dead_letter_queue_url)
}

output "status_archive_bucket" {
  description = "The bucket that holds the events as they came."
  value       = one(module.status[*].archive_bucket)
}

output "status_streams" {
  description = "The Firehose streams to the archive, by source."
  value       = one(module.status[*].streams)
}

output "status_athena_workgroup" {
  description = "The Athena workgroup that asks the archive."
  value       = one(module.status[*].athena_workgroup)
}

output "status_athena_database" {
  description = "The Glue database whose table `events` is the archive."
  value       = one(module.status[*].athena_database)
}

output "status_queries" {
  description = "The questions that Athena keeps: their ids by name."
  value       = one(module.status[*].queries)
}

output "status_pinpoint_application_id" {
  description = "The Pinpoint application whose event stream comes in."
  value       = one(module.status[*].pinpoint_application_id)
}

output "status_settings" {
  description = "What `status` was set to, for commands: authorization, reference_tag, retention_days, archive_retention_days, stuck_hours."
  value       = one(module.status[*].settings)
}

output "status_function_name" {
  description = "The function that folds events into the table."
  value       = try(module.status[0].function_names["fold"], null)
}

output "status_transform_function_name" {
  description = "The function that reads Pinpoint's stream; null without."
  value       = try(module.status[0].function_names["transform"], null)
}

output "status_api_function_name" {
  description = "The function that answers the API."
  value       = try(module.status[0].function_names["api"], null)
}

output "status_page_function_name" {
  description = "The function that serves the page."
  value       = try(module.status[0].function_names["page"], null)
}

output "status_watch_function_name" {
  description = "The function that counts what is stuck."
  value       = try(module.status[0].function_names["watch"], null)
}
