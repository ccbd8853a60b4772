################################################################################
# SQL over the archive: Glue's table, Athena's workgroup, questions that are kept
################################################################################

resource "aws_glue_catalog_database" "status" {
  name        = replace(local.name, "-", "_")
  description = "The events of ${local.name}, as they came."
}

# Partitions are worked out from the names of the folders: no crawler, and nothing to add each day.
resource "aws_glue_catalog_table" "events" {
  database_name = aws_glue_catalog_database.status.name
  name          = "events"
  description   = "One line for each event: of EventBridge (source ses, sms) or of Pinpoint's stream (source pinpoint)."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "EXTERNAL"                     = "TRUE"
    "classification"               = "json"
    "compressionType"              = "gzip"
    "projection.enabled"           = "true"
    "projection.source.type"       = "enum"
    "projection.source.values"     = join(",", sort(local.sources))
    "projection.day.type"          = "date"
    "projection.day.format"        = "yyyy-MM-dd"
    "projection.day.range"         = "NOW-${var.archive_retention_days}DAYS,NOW"
    "projection.day.interval"      = "1"
    "projection.day.interval.unit" = "DAYS"
    "storage.location.template"    = "s3://${module.archive.name}/events/source=$${source}/day=$${day}/"
  }

  partition_keys {
    name    = "source"
    type    = "string"
    comment = "ses, sms or pinpoint"
  }

  partition_keys {
    name    = "day"
    type    = "string"
    comment = "the day of arrival in UTC, as 2026-11-27"
  }

  storage_descriptor {
    location      = "s3://${module.archive.name}/events/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"

      parameters = {
        "ignore.malformed.json" = "true"
        "mapping.detail_type"   = "detail-type"
      }
    }

    dynamic "columns" {
      for_each = local.columns

      content {
        name    = columns.value.name
        type    = columns.value.type
        comment = columns.value.comment
      }
    }
  }
}

locals {
  # What is an object in an event is text here, for json_extract: its members differ from event to event.
  columns = [
    { name = "id", type = "string", comment = "EventBridge: the event's id" },
    { name = "detail_type", type = "string", comment = "EventBridge: Email Delivered, Text Message Delivery Status Updated and others" },
    { name = "time", type = "string", comment = "EventBridge: when it was published, ISO 8601" },
    { name = "detail", type = "string", comment = "EventBridge: the event of SES or of End User Messaging, JSON" },
    { name = "event_type", type = "string", comment = "Pinpoint: _email.delivered, _SMS.SUCCESS and others" },
    { name = "event_timestamp", type = "bigint", comment = "Pinpoint: milliseconds since 1970" },
    { name = "arrival_timestamp", type = "bigint", comment = "Pinpoint: milliseconds since 1970" },
    { name = "attributes", type = "string", comment = "Pinpoint: JSON" },
    { name = "metrics", type = "string", comment = "Pinpoint: JSON" },
    { name = "facets", type = "string", comment = "Pinpoint: JSON" },
  ]
}

resource "aws_athena_workgroup" "status" {
  name          = local.name
  description   = "Questions to the events of ${local.name}."
  force_destroy = !var.context.retain_data

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.archive.query_limit_mb * 1024 * 1024

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location = "s3://${module.archive.name}/athena/"

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = var.context.kms_key_arn
      }
    }
  }
}

locals {
  queries = {
    latest_status          = { days = 7, words = "The latest status of each message and recipient, of the last 7 days." }
    rates_by_mail_provider = { days = 30, words = "Delivery, bounce and complaint rates by the recipient's mail provider, of the last 30 days." }
    failures               = { days = 7, words = "Mails and SMS that failed, each with the reason, of the last 7 days; the newest first." }
    sms_cost_by_country    = { days = 30, words = "SMS, their parts and what they cost in USD by country, of the last 30 days." }
  }
}

resource "aws_athena_named_query" "status" {
  for_each = local.queries

  name        = each.key
  description = each.value.words
  workgroup   = aws_athena_workgroup.status.name
  database    = aws_glue_catalog_database.status.name

  query = templatefile("${path.module}/queries/${each.key}.sql", {
    days = each.value.days
    told = trimspace(templatefile("${path.module}/queries/parts/told.sql", { days = each.value.days }))
  })
}
