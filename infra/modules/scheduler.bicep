metadata description = 'The Durable Task Scheduler with one task hub: where orchestrations are kept instead of in the storage account.'

import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags

@allowed(['Consumption', 'Dedicated'])
param sku string

@minLength(3)
@maxLength(64)
param taskHubName string

@description('Whether the scheduler can be reached over the internet. If not, a private endpoint has to be there.')
param isPublic bool

@description('The identity that may use the task hub.')
param identityId string
param principalId string

var durableTaskDataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    // An empty list lets nobody in. Instances have no addresses of their own to list; whoever connects needs the role as well.
    ipAllowlist: isPublic ? ['0.0.0.0/0'] : []
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    sku: sku == 'Dedicated' ? { name: sku, capacity: 1 } : { name: sku }
  }

  resource taskHub 'taskHubs' = {
    name: taskHubName
    properties: {}
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler::taskHub.id, identityId, durableTaskDataContributor)
  scope: scheduler::taskHub
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', durableTaskDataContributor)
  }
}

output id string = scheduler.id
output endpoint string = scheduler.properties.endpoint
output taskHubName string = scheduler::taskHub.name
