using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Fanout.Functions.Tests;

public sealed class FunctionsSettingsTests
{
    [Fact]
    public void Settings_HaveDefaults()
    {
        var settings = Read(("AzureWebJobsStorage", "UseDevelopmentStorage=true"));
        Assert.Equal(new FunctionsSettings("UseDevelopmentStorage=true", "fanout", TimeSpan.FromDays(7)), settings);
    }

    [Fact]
    public void OwnAccount_ComesBeforeTheHosts() => Assert.Equal(
        new FunctionsSettings("mine", "hub-2", TimeSpan.FromHours(12)),
        Read(("AzureWebJobsStorage", "UseDevelopmentStorage=true"), ("Fanout:Storage", "azure:mine"), ("Fanout:Hub", "hub-2"), ("Fanout:RetainFor", "12h")));

    [Fact]
    public void IdentityOfTheHost_NamesTheAccount() => Assert.Equal("hosts", Read(("AzureWebJobsStorage:accountName", "hosts")).Account);

    [Fact]
    public void NoAccount_IsRefused() => Assert.Contains("Fanout__Storage", Assert.Throws<InvalidOperationException>(() => Read()).Message, StringComparison.Ordinal);

    [Fact]
    public void Sample_IsWhatTheAppReads()
    {
        var root = Root();
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "local.settings.sample.json")));
        var values = sample.RootElement.GetProperty("Values").EnumerateObject()
            .Select(value => (value.Name.Replace("__", ":", StringComparison.Ordinal), value.Value.GetString()!)).ToArray();
        Assert.Equal(new FunctionsSettings("UseDevelopmentStorage=true", "fanout", TimeSpan.FromDays(7)), Read(values));
        Assert.Contains(("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated"), values);
    }

    [Fact]
    public void HostsThrottles_AreSet()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root(), "host.json")));
        var durable = host.RootElement.GetProperty("extensions").GetProperty("durableTask");
        Assert.Equal("OpenTelemetry", host.RootElement.GetProperty("telemetryMode").GetString());
        Assert.Equal("", host.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        // What a killed instance was doing comes back within this: the orchestrations, their activities, and batches by queue.
        Assert.Equal("00:00:20", durable.GetProperty("storageProvider").GetProperty("controlQueueVisibilityTimeout").GetString());
        Assert.Equal("00:00:20", durable.GetProperty("storageProvider").GetProperty("workItemQueueVisibilityTimeout").GetString());
        Assert.Equal(TimeSpan.FromSeconds(20), Azure.Queues.AzureTriggers.Visibility);
        // The longest slice, and as long again for the slowest item and for what is written at the end.
        Assert.Equal("00:10:00", host.RootElement.GetProperty("functionTimeout").GetString());
    }

    private static FunctionsSettings Read(params (string Name, string Value)[] values) => FunctionsSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Name, (string?)value.Value))).Build());

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "host.json")) && File.Exists(Path.Combine(directory.FullName, "Functions.sln")))
                return directory.FullName;
        }

        throw new InvalidOperationException("The repository is not above the tests.");
    }
}
