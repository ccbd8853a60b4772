################################################################################
# Alarms: one topic for all of the environment's
################################################################################

module "alarms" {
  source = "./modules/topic"

  name   = "alarms"
  emails = var.alarm_emails

  context = {
    name_prefix = local.name_prefix
    account_id  = var.account_id
    region      = var.region
    kms_key_arn = aws_kms_key.this.arn
  }

  publishers = {
    alarms = {
      service    = "cloudwatch.amazonaws.com"
      source_arn = "arn:${data.aws_partition.current.partition}:cloudwatch:${var.region}:${var.account_id}:alarm:${local.name_prefix}-*"
    }
  }
}
