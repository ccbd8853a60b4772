################################################################################
# Dashboard: from the event to the answer, a row each
################################################################################

locals {
  # Each metric as a list: namespace, name, then dimensions by name and value.
  rows = [
    [
      { title = "Messages by status", stat = "Sum", metrics = [[{ expression = "SEARCH('{Mailroom,channel,function,status} MetricName=\"messages\" function=\"${local.name}\"', 'Sum', 300)", id = "found", label = "" }]] },
      { title = "Messages that are stuck", stat = "Maximum", metrics = [["Mailroom", "stuck", "function", "${local.name}-watch"]] },
    ],
    [
      { title = "Events that came", stat = "Sum", metrics = concat(
        [for name in keys(local.rules) : ["AWS/Events", "TriggeredRules", "RuleName", "${local.name}-${name}"]],
        [for name in keys(local.pinpoint) : ["AWS/Firehose", "IncomingRecords", "DeliveryStreamName", "${local.name}-${name}"]],
      ) },
      { title = "Queue: oldest message (seconds), dead letters", stat = "Maximum", metrics = [
        ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", module.queue.name],
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", module.queue.dead_letter_name],
      ] },
    ],
    [
      { title = "Table: throttled", stat = "Sum", metrics = [
        ["AWS/DynamoDB", "ReadThrottleEvents", "TableName", local.name],
        ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", local.name],
      ] },
      { title = "Archive: oldest event (seconds)", stat = "Maximum", metrics = [
        for source in sort(local.sources) : ["AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", "${local.name}-${source}"]
      ] },
    ],
    [
      { title = "API: calls, refused, failed", stat = "Sum", metrics = [
        for metric in ["Count", "4XXError", "5XXError"] : ["AWS/ApiGateway", metric, "ApiName", local.name, "Stage", local.stage]
      ] },
      { title = "API: latency (ms)", stat = "p95", metrics = [
        ["AWS/ApiGateway", "Latency", "ApiName", local.name, "Stage", local.stage],
      ] },
    ],
  ]
}

resource "aws_cloudwatch_dashboard" "status" {
  dashboard_name = local.name

  dashboard_body = jsonencode({
    widgets = flatten([
      for row, widgets in local.rows : [
        for column, widget in widgets : {
          type   = "metric"
          x      = 12 * column
          y      = 6 * row
          width  = 12
          height = 6
          properties = {
            title   = widget.title
            view    = "timeSeries"
            region  = var.context.region
            stat    = widget.stat
            period  = 300
            metrics = widget.metrics
          }
        }
      ]
    ])
  })
}
