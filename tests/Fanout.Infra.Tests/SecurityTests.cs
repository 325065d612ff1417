using System.Text.Json;
using Fanout.Infra.Tests.Support;
using Xunit;

namespace Fanout.Infra.Tests;

/// <summary>Whatever is deployed: identities instead of keys, encrypted on the way, and no role wider than needed.</summary>
[Collection(DeploymentsCollection.Name)]
public sealed class SecurityTests(Deployments deployments)
{
    private const string StorageAccount = "Microsoft.Storage/storageAccounts";
    private const string Component = "Microsoft.Insights/components";
    private const string Site = "Microsoft.Web/sites";
    private const string Scheduler = "Microsoft.DurableTask/schedulers";

    private static readonly (string Role, string Scope)[] Roles =
    [
        ("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", StorageAccount), // Storage Blob Data Owner
        ("974c5e8b-45b9-4653-ba55-5f855dd0fb88", StorageAccount), // Storage Queue Data Contributor
        ("0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", StorageAccount), // Storage Table Data Contributor
        ("3913510d-42f4-4e42-8a64-420c390055eb", Component), // Monitoring Metrics Publisher
    ];

    private static readonly (string Role, string Scope) SchedulerRole =
        ("0ad04412-c4d5-4796-b79c-f76d14c8d402", $"{Scheduler}/taskHubs"); // Durable Task Data Contributor

    public static TheoryData<string> Names => Deployments.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Roles_AreTheseAndEachAtTheNarrowestScope(string name) =>
        Assert.Equal(
            (Deployments.HasScheduler(name) ? [.. Roles, SchedulerRole] : Roles).Order(),
            deployments[name].Roles().Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Roles_AreThoseOfTheAppsOwnIdentity(string name)
    {
        var identity = deployments[name].OfType("Microsoft.ManagedIdentity/userAssignedIdentities").Single().GetProperty("id").GetString()!;
        Assert.All(deployments[name].OfType("Microsoft.Authorization/roleAssignments"), assignment =>
        {
            Assert.Contains($"'{identity}'", assignment.GetProperty("properties").GetProperty("principalId").GetString(), StringComparison.Ordinal);
            Assert.Equal("ServicePrincipal", assignment.GetProperty("properties").GetProperty("principalType").GetString());
        });
        var ofApp = deployments[name].OfType(Site).Single().GetProperty("identity");
        Assert.Equal("UserAssigned", ofApp.GetProperty("type").GetString());
        Assert.Equal([identity], ofApp.GetProperty("userAssignedIdentities").EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void StorageAccounts_HaveNoKeysAndNothingPublic(string name) =>
        Assert.All(deployments[name].OfType(StorageAccount).Select(Properties), account =>
        {
            Assert.False(account.GetProperty("allowSharedKeyAccess").GetBoolean());
            Assert.False(account.GetProperty("allowBlobPublicAccess").GetBoolean());
            Assert.True(account.GetProperty("supportsHttpsTrafficOnly").GetBoolean());
            Assert.Matches("^TLS1_[23]$", account.GetProperty("minimumTlsVersion").GetString());
        });

    [Theory]
    [MemberData(nameof(Names))]
    public void Containers_AreNotPublic(string name) =>
        Assert.Equal(["None"], deployments[name].OfType($"{StorageAccount}/blobServices/containers").Select(container => Properties(container).GetProperty("publicAccess").GetString()));

    [Theory]
    [MemberData(nameof(Names))]
    public void App_IsReachedByHttpsOnly(string name)
    {
        var app = deployments[name].PropertiesOf(Site);
        Assert.True(app.GetProperty("httpsOnly").GetBoolean());
        var config = app.GetProperty("siteConfig");
        Assert.Matches("^1\\.[23]$", config.GetProperty("minTlsVersion").GetString());
        Assert.Matches("^1\\.[23]$", config.GetProperty("scmMinTlsVersion").GetString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void App_IsPublishedByIdentityOnly(string name)
    {
        var policies = deployments[name].OfType($"{Site}/basicPublishingCredentialsPolicies").ToList();
        Assert.Equal(["ftp", "scm"], policies.Select(policy => policy.GetProperty("name").GetString()!.Split('/')[1]).Order(StringComparer.Ordinal));
        Assert.All(policies, policy => Assert.False(Properties(policy).GetProperty("allow").GetBoolean()));
        var package = deployments[name].PropertiesOf(Site).GetProperty("functionAppConfig").GetProperty("deployment").GetProperty("storage").GetProperty("authentication");
        Assert.Equal("UserAssignedIdentity", package.GetProperty("type").GetString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Logs_AreSentByIdentityOnly(string name)
    {
        Assert.True(deployments[name].PropertiesOf(Component).GetProperty("DisableLocalAuth").GetBoolean());
        Assert.True(deployments[name].PropertiesOf("Microsoft.OperationalInsights/workspaces").GetProperty("features").GetProperty("disableLocalAuth").GetBoolean());
    }

    /// <summary>prod: storage and scheduler are there for the network alone, and each service has an endpoint in it.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void PrivateNetwork_LeavesNothingOpen(string name)
    {
        var deployment = deployments[name];
        var access = Deployments.IsProd(name) ? "Disabled" : "Enabled";
        Assert.All(deployment.OfType(StorageAccount).Concat(deployment.OfType(Scheduler)), resource =>
            Assert.Equal(access, Properties(resource).GetProperty("publicNetworkAccess").GetString()));

        string[] services = Deployments.HasScheduler(name) ? ["blob", "queue", "scheduler", "table"] : ["blob", "queue", "table"];
        var connections = deployment.OfType("Microsoft.Network/privateEndpoints").SelectMany(endpoint => Properties(endpoint).GetProperty("privateLinkServiceConnections").EnumerateArray());
        Assert.Equal(
            Deployments.IsProd(name) ? services : [],
            connections.Select(connection => Properties(connection).GetProperty("groupIds").EnumerateArray().Single().GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(Deployments.IsProd(name) ? services.Length : 0, deployment.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count());

        var subnet = deployment.PropertiesOf(Site).TryGetProperty("virtualNetworkSubnetId", out var id) ? id.ValueKind : JsonValueKind.Null;
        Assert.Equal(Deployments.IsProd(name), subnet == JsonValueKind.String);
    }

    private static JsonElement Properties(JsonElement resource) => resource.GetProperty("properties");
}
