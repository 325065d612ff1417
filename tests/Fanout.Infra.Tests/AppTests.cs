using System.Text.Json;
using Fanout.Infra.Tests.Support;
using Xunit;

namespace Fanout.Infra.Tests;

/// <summary>The app is given what it reads, nothing that it does not, and the plan it is written for.</summary>
[Collection(DeploymentsCollection.Name)]
public sealed class AppTests(Deployments deployments)
{
    public static TheoryData<string> Names => Deployments.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Settings_AreThoseThatAreRead(string name) =>
        Assert.Equal(
            (Deployments.HasScheduler(name) ? [.. AppSettings.Always, .. AppSettings.WithScheduler] : AppSettings.Always).Order(StringComparer.Ordinal),
            deployments[name].Settings().Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Settings_SayByWhichIdentity(string name)
    {
        var settings = deployments[name].Settings();
        Assert.Equal("managedidentity", settings["AzureWebJobsStorage__credential"]);
        Assert.EndsWith(".clientId]", settings["AZURE_CLIENT_ID"], StringComparison.Ordinal);
        Assert.Equal(settings["AZURE_CLIENT_ID"], settings["AzureWebJobsStorage__clientId"]);
        Assert.StartsWith("[format('ClientId={0};Authorization=AAD', ", settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"], StringComparison.Ordinal);
        Assert.StartsWith("[format('azure:https://{0}.blob.{1}', ", settings["Fanout__Storage"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Settings_LeadToTheScheduler(string name)
    {
        var settings = deployments[name].Settings();
        if (!Deployments.HasScheduler(name))
        {
            Assert.Empty(deployments[name].OfType("Microsoft.DurableTask/schedulers"));
            return;
        }

        Assert.StartsWith("[format('Endpoint={0};Authentication=ManagedIdentity;ClientID={1}', ", settings["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"], StringComparison.Ordinal);
        Assert.EndsWith(".outputs.taskHubName.value]", settings["TASKHUB_NAME"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void App_RunsIsolatedOnFlexConsumption(string name)
    {
        var plan = deployments[name].OfType("Microsoft.Web/serverfarms").Single().GetProperty("sku");
        Assert.Equal(("FC1", "FlexConsumption"), (plan.GetProperty("name").GetString(), plan.GetProperty("tier").GetString()));
        var runtime = Config(name).GetProperty("runtime");
        Assert.Equal(("dotnet-isolated", "10.0"), (runtime.GetProperty("name").GetString(), runtime.GetProperty("version").GetString()));
    }

    [Theory]
    [InlineData("dev", 20, 2048)]
    [InlineData("prod", 200, 2048, "http", "durable")]
    public void Scale_IsThatOfTheEnvironment(string name, int instances, int memory, params string[] warm)
    {
        var scale = Config(name).GetProperty("scaleAndConcurrency");
        Assert.Equal(instances, scale.GetProperty("maximumInstanceCount").GetInt32());
        Assert.Equal(memory, scale.GetProperty("instanceMemoryMB").GetInt32());
        Assert.Equal(warm, scale.GetProperty("alwaysReady").EnumerateArray().Select(group => group.GetProperty("name").GetString()));
        Assert.False(scale.TryGetProperty("triggers", out _));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Tags_AreOnEverythingThatTakesThem(string name) =>
        Assert.All(deployments[name].Resources.Where(resource => resource.TryGetProperty("location", out _)), resource =>
        {
            var tags = resource.GetProperty("tags");
            Assert.Equal("fanout", tags.GetProperty("application").GetString());
            Assert.Equal(Deployments.IsProd(name) ? "prod" : "dev", tags.GetProperty("azd-env-name").GetString());
        });

    private JsonElement Config(string name) => deployments[name].PropertiesOf("Microsoft.Web/sites").GetProperty("functionAppConfig");
}
