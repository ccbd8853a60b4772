# Glue's table over an archive by day, Athena's workgroup and its questions.
resource "aws_kms_key" "archive" { deletion_window_in_days = 7 }
resource "aws_s3_bucket" "archive" {
  bucket        = "no-drift-archive"
  force_destroy = true
}
resource "aws_glue_catalog_database" "status" {
  name        = "status"
  description = var.description
}
resource "aws_glue_catalog_table" "events" {
  database_name = aws_glue_catalog_database.status.name
  name          = "events"
  description   = var.description
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    "EXTERNAL"                     = "TRUE"
    "classification"               = "json"
    "compressionType"              = "gzip"
    "projection.enabled"           = "true"
    "projection.source.type"       = "enum"
    "projection.source.values"     = "ses,sms"
    "projection.day.type"          = "date"
    "projection.day.format"        = "yyyy-MM-dd"
    "projection.day.range"         = "NOW-${var.quota}DAYS,NOW"
    "projection.day.interval"      = "1"
    "projection.day.interval.unit" = "DAYS"
    "storage.location.template"    = "s3://${aws_s3_bucket.archive.bucket}/events/source=$${source}/day=$${day}/"
  }
  partition_keys {
    name    = "source"
    type    = "string"
    comment = "ses or sms"
  }
  partition_keys {
    name = "day"
    type = "string"
  }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.archive.bucket}/events/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    compressed    = true
    ser_de_info {
      name                  = "json"
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters            = { "ignore.malformed.json" = "true", "mapping.detail_type" = "detail-type" }
    }
    columns {
      name    = "detail"
      type    = "string"
      comment = "JSON"
    }
    columns {
      name = "mail"
      type = "struct<messageid:string,destination:array<string>>"
    }
    columns {
      name = "event_timestamp"
      type = "bigint"
    }
  }
}
resource "aws_athena_workgroup" "status" {
  name          = "status"
  description   = var.description
  force_destroy = true
  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = 1024 * 1024 * 1024
    engine_version { selected_engine_version = "Athena engine version 3" }
    result_configuration {
      output_location = "s3://${aws_s3_bucket.archive.bucket}/athena/"
      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = aws_kms_key.archive.arn
      }
    }
  }
  tags = { d = "4" }
}
resource "aws_athena_named_query" "one" {
  name        = "latest"
  description = var.description
  workgroup   = aws_athena_workgroup.status.name
  database    = aws_glue_catalog_database.status.name
  query       = "SELECT detail, count(*) FROM ${aws_glue_catalog_table.events.name} WHERE detail <> '<&>' GROUP BY 1"
}
# The table of statuses: indexes, recovery, times to live, a customer key.
resource "aws_dynamodb_table" "status" {
  name                        = "status"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "message_id"
  range_key                   = "recipient"
  deletion_protection_enabled = var.quota > 5 && var.quota < 1000
  dynamic "attribute" {
    for_each = toset(["message_id", "recipient", "status_key", "failure_shard"])
    content {
      name = attribute.value
      type = "S"
    }
  }
  global_secondary_index {
    name            = "by_recipient"
    hash_key        = "recipient"
    range_key       = "status_key"
    projection_type = "KEYS_ONLY"
  }
  global_secondary_index {
    name               = "failures"
    hash_key           = "failure_shard"
    range_key          = "status_key"
    projection_type    = "INCLUDE"
    non_key_attributes = ["status"]
  }
  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
  point_in_time_recovery { enabled = true }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.archive.arn
  }
  tags = { e = "5" }
}
