metadata description = 'Fanout on Azure Durable Functions: the app, its storage account, its logs, and who may do what. Nothing in it has a key.'

import { AlwaysReady, Tags } from 'modules/types.bicep'

targetScope = 'resourceGroup'

@description('Name of this deployment; part of every resource\'s name, and the tag azd-env-name.')
@minLength(1)
@maxLength(20)
param environmentName string

@description('Region.')
param location string = resourceGroup().location

@description('Tags of every resource, beside azd-env-name.')
param tags Tags = {}

@description('Memory of an instance, in MB; processors come in proportion.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances of the app. Functions scale each for itself, HTTP and Durable Functions as groups.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('Instances kept warm, by group (http, durable) or by function (function:NAME).')
param alwaysReady AlwaysReady[] = []

@description('Requests an instance takes at once; null: as the platform finds right for its memory.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int?

@description('Where orchestrations are kept: in the storage account, or in a Durable Task Scheduler. The package\'s host.json has to say the same.')
@allowed(['AzureStorage', 'DurableTaskScheduler'])
param backend string = 'AzureStorage'

@description('Plan of the scheduler, if it is used.')
@allowed(['Consumption', 'Dedicated'])
param schedulerSku string = 'Consumption'

@description('Name of the hub: runs of one hub know nothing of another\'s. Lower-case letters, digits, single hyphens.')
@minLength(3)
@maxLength(40)
param hub string = 'fanout'

@description('How long runs that have ended are kept.')
param retainFor string = '7d'

@description('Copies of what is stored.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_LRS'

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Whether storage and scheduler are reached through private endpoints only. The app\'s own HTTP API stays where it is.')
param privateNetwork bool = false

@description('Addresses of the private network; at least a /24.')
param addressPrefix string = '10.60.0.0/24'

var suffix = uniqueString(resourceGroup().id, environmentName)
var allTags = union(tags, { 'azd-env-name': environmentName })
var withScheduler = backend == 'DurableTaskScheduler'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${environmentName}-${suffix}'
  location: location
  tags: allTags
}

module storage 'modules/storage.bicep' = {
  params: {
    name: 'stfanout${suffix}'
    location: location
    tags: allTags
    sku: storageSku
    isPublic: !privateNetwork
    identityId: identity.id
    principalId: identity.properties.principalId
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    workspaceName: 'log-${environmentName}-${suffix}'
    componentName: 'appi-${environmentName}-${suffix}'
    location: location
    tags: allTags
    retentionInDays: logRetentionInDays
    identityId: identity.id
    principalId: identity.properties.principalId
  }
}

module scheduler 'modules/scheduler.bicep' = if (withScheduler) {
  params: {
    name: 'dts-${environmentName}-${suffix}'
    location: location
    tags: allTags
    sku: schedulerSku
    taskHubName: hub
    isPublic: !privateNetwork
    identityId: identity.id
    principalId: identity.properties.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  params: {
    name: 'vnet-${environmentName}-${suffix}'
    location: location
    tags: allTags
    addressPrefix: addressPrefix
  }
}

module storageEndpoints 'modules/private-endpoint.bicep' = [
  for service in ['blob', 'queue', 'table']: if (privateNetwork) {
    params: {
      name: 'pep-${service}-${environmentName}-${suffix}'
      location: location
      tags: allTags
      targetId: storage.outputs.id
      groupId: service
      zoneName: 'privatelink.${service}.${az.environment().suffixes.storage}'
      networkId: network!.outputs.id
      subnetId: network!.outputs.endpointsSubnetId
    }
  }
]

module schedulerEndpoint 'modules/private-endpoint.bicep' = if (privateNetwork && withScheduler) {
  params: {
    name: 'pep-scheduler-${environmentName}-${suffix}'
    location: location
    tags: allTags
    targetId: scheduler!.outputs.id
    groupId: 'scheduler'
    zoneName: 'privatelink.durabletask.io'
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointsSubnetId
  }
}

// What the app and its host read, and nothing else.
var settings = [
  { name: 'AzureWebJobsStorage__accountName', value: storage.outputs.name }
  { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
  { name: 'AzureWebJobsStorage__clientId', value: identity.properties.clientId }
  { name: 'AZURE_CLIENT_ID', value: identity.properties.clientId }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: monitoring.outputs.connectionString }
  {
    name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
    value: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  }
  { name: 'Fanout__Storage', value: 'azure:https://${storage.outputs.name}.blob.${az.environment().suffixes.storage}' }
  { name: 'Fanout__Hub', value: hub }
  { name: 'Fanout__RetainFor', value: retainFor }
]

// The package's host.json names them.
var schedulerSettings = withScheduler
  ? [
      {
        name: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
        value: 'Endpoint=${scheduler!.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${identity.properties.clientId}'
      }
      { name: 'TASKHUB_NAME', value: scheduler!.outputs.taskHubName }
    ]
  : []

module functions 'modules/functions.bicep' = {
  params: {
    appName: 'func-${environmentName}-${suffix}'
    planName: 'plan-${environmentName}-${suffix}'
    location: location
    tags: allTags
    identityId: identity.id
    packages: storage.outputs.packages
    settings: concat(settings, schedulerSettings)
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    httpConcurrency: httpConcurrency
    subnetId: privateNetwork ? network!.outputs.appSubnetId : null
  }
  // Its first start must find the way to what it uses.
  dependsOn: [storageEndpoints, schedulerEndpoint]
}

@description('Name of the function app, as in: func azure functionapp publish NAME.')
output functionAppName string = functions.outputs.name

@description('Where its HTTP API is.')
output functionAppUrl string = 'https://${functions.outputs.hostName}'

@description('The storage account, as fanout takes it with --storage.')
output storage string = 'azure:https://${storage.outputs.name}.blob.${az.environment().suffixes.storage}'

@description('The identity the app runs as; give it roles on what handlers use.')
output identityName string = identity.name

@description('Principal of that identity.')
output identityPrincipalId string = identity.properties.principalId

@description('Where traces and metrics are.')
output applicationInsightsName string = monitoring.outputs.componentName

@description('Where logs are.')
output logAnalyticsWorkspaceName string = monitoring.outputs.workspaceName

@description('Endpoint of the Durable Task Scheduler; empty without one.')
output schedulerEndpoint string = withScheduler ? scheduler!.outputs.endpoint : ''
