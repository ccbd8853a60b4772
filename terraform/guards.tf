################################################################################
# What is refused before anything happens
#
# Another account: allowed_account_ids (versions.tf). Another environment's state:
# the validation of account_id against `environment` below. Data that should stay:
# `retention` below.
################################################################################

# Whose state this is, fixed by the first apply.
resource "terraform_data" "environment" {
  input = var.environment

  lifecycle {
    ignore_changes = [input]
  }
}

# It depends on everything, so destroy meets it first and, where it refuses, destroys
# nothing. (A validation cannot see a destroy, and prevent_destroy takes no variable.)
resource "terraform_data" "retention" {
  input = var.retain_data

  provisioner "local-exec" {
    when    = destroy
    command = self.output ? "echo 'Refused: retain_data is true, so the data stays, and nothing was destroyed. To go on: set retain_data = false in the file of the environment (terraform/environments/), apply, then destroy. (Outputs are gone until the next apply.)' >&2; exit 1" : "true"
    quiet   = true
  }

  depends_on = [
    terraform_data.environment,
    aws_kms_alias.this,
    aws_route53_zone.this,
    module.alarms,
    module.sending,
    module.links,
    module.inbound,
    module.status,
  ]
}
