# Dashboards, saved queries and alarms with metric math.
resource "aws_cloudwatch_dashboard" "status" {
  dashboard_name = "status"
  dashboard_body = jsonencode({ widgets = [
    { type = "text", x = 0, y = 0, width = 24, height = 2, properties = { markdown = "# ${var.description} <b>&</b>" } },
    { type = "metric", x = 0, y = 2, width = 12, height = 6, properties = { title = "By status", view = "timeSeries", stat = "Sum", period = 300, region = "eu-west-1", metrics = [
      [{ expression = "SEARCH('{Mailroom,channel,status} MetricName=\"messages\"', 'Sum', 300)", id = "found", label = "" }],
    ] } },
    { type = "metric", x = 12, y = 2, width = 12, height = 6, properties = { title = "API", view = "timeSeries", stat = "p95", period = 300, region = "eu-west-1", metrics = [
      ["AWS/ApiGateway", "Latency", "ApiName", "status", "Stage", "v1"],
      [".", "Count", ".", ".", ".", ".", { stat = "Sum" }],
    ] } },
    { type = "log", x = 0, y = 8, width = 24, height = 6, properties = { region = "eu-west-1", query = "SOURCE '/aws/lambda/echo' | fields @message | filter level = 'ERROR'" } },
  ] })
}
resource "aws_cloudwatch_query_definition" "one" {
  name            = "status/errors"
  log_group_names = [aws_cloudwatch_log_group.access.name]
  query_string    = "fields @timestamp, @message\n| filter status >= 500\n| sort @timestamp desc\n| limit ${var.quota}"
}
resource "aws_cloudwatch_metric_alarm" "share" {
  alarm_name          = "share-of-failures"
  alarm_description   = var.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = 0.05
  treat_missing_data  = "notBreaching"
  metric_query {
    id          = "share"
    expression  = "IF(FILL(all, 0) > 9, FILL(failed, 0) / all, 0)"
    label       = "share"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { all = "Count", failed = "5XXError" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value
        period      = 300
        stat        = "Sum"
        dimensions  = { ApiName = aws_api_gateway_rest_api.this.name, Stage = "v1" }
      }
    }
  }
}
