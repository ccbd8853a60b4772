################################################################################
# API and page
################################################################################

locals {
  # SQS says itself where it was asked. Anywhere but in AWS (the local cloud, a LocalStack) the API is there too.
  endpoint = one(regex("^(https?://[^/]+)", module.queue.url))
  in_aws   = can(regex("\\.amazonaws\\.com(\\.cn)?$", local.endpoint))
  api_url  = local.in_aws ? aws_api_gateway_stage.status.invoke_url : "${local.endpoint}/restapis/${aws_api_gateway_rest_api.status.id}/${aws_api_gateway_stage.status.stage_name}/_user_request_"
}

output "api_url" {
  description = "What the API's paths follow, without a slash at the end."
  value       = local.api_url
}

output "page_url" {
  description = "The page."
  value       = "${local.api_url}/"
}

output "api_id" {
  description = "The API's id, for IAM policies and for what is put in front of it."
  value       = aws_api_gateway_rest_api.status.id
}

output "usage_plan_id" {
  description = "The plan that API keys are put in; null where callers are signed."
  value       = one(values(aws_api_gateway_usage_plan.status)[*].id)
}

################################################################################
# Table and queue
################################################################################

output "table_name" {
  description = "The table: an item for each message and recipient."
  value       = aws_dynamodb_table.status.name
}

output "queue_url" {
  description = "Where events wait to be folded into the table."
  value       = module.queue.url
}

output "dead_letter_queue_url" {
  description = "Where events wait that could not be read, or were tried too often."
  value       = module.queue.dead_letter_url
}

################################################################################
# Archive
################################################################################

output "archive_bucket" {
  description = "The bucket that holds the events as they came, below `events/`."
  value       = module.archive.name
}

output "streams" {
  description = "The Firehose streams to the archive, by source."
  value       = { for source, stream in aws_kinesis_firehose_delivery_stream.status : source => stream.name }
}

output "athena_workgroup" {
  description = "The Athena workgroup that asks the archive."
  value       = aws_athena_workgroup.status.name
}

output "athena_database" {
  description = "The Glue database whose table `events` is the archive."
  value       = aws_glue_catalog_database.status.name
}

output "queries" {
  description = "The questions that Athena keeps: their ids by name."
  value       = { for name, query in aws_athena_named_query.status : name => query.id }
}

################################################################################
# Sources
################################################################################

output "pinpoint_application_id" {
  description = "The Pinpoint application whose event stream comes here; null where that is off."
  value       = local.pinpoint_application_id
}

################################################################################
# Settings that the operator's commands go by
################################################################################

output "settings" {
  description = "What was set, for commands: `authorization` (iam or api_keys), `reference_tag`, `retention_days`, `archive_retention_days`, `stuck_hours`."
  value = {
    authorization          = var.api.authorization
    reference_tag          = var.reference_tag
    retention_days         = var.retention_days
    archive_retention_days = var.archive_retention_days
    stuck_hours            = var.stuck_hours
  }
}

################################################################################
# Functions
################################################################################

output "function_names" {
  description = "The functions by what they do: fold, api, page, watch and, with Pinpoint, transform."
  value = merge(
    { fold = module.fold.name, api = module.api.name, page = module.page.name, watch = module.watch.name },
    { for kind, function in module.transform : "transform" => function.name },
  )
}
