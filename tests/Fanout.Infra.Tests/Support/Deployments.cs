using Xunit;

namespace Fanout.Infra.Tests.Support;

/// <summary>One deployment of each kind, predicted once for all tests.</summary>
public sealed class Deployments : IAsyncLifetime
{
    private static readonly Dictionary<string, Dictionary<string, string>> Environments = new()
    {
        ["dev"] = [],
        ["prod"] = new() { ["AZURE_ENV_NAME"] = "prod" },
        ["dev, scheduler"] = new() { ["FANOUT_BACKEND"] = "DurableTaskScheduler" },
        ["prod, scheduler"] = new() { ["AZURE_ENV_NAME"] = "prod", ["FANOUT_BACKEND"] = "DurableTaskScheduler" },
    };

    private readonly Dictionary<string, Deployment> _deployments = [];

    /// <summary>Their names. Those of prod are in a private network.</summary>
    public static TheoryData<string> Names => [.. Environments.Keys];

    public Deployment this[string name] => _deployments[name];

    public async Task InitializeAsync()
    {
        foreach (var (name, environment) in Environments)
            _deployments[name] = await Deployment.PredictAsync(environment);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    internal static bool HasScheduler(string name) => name.EndsWith("scheduler", StringComparison.Ordinal);

    internal static bool IsProd(string name) => name.StartsWith("prod", StringComparison.Ordinal);
}

/// <summary>The classes that look at deployments.</summary>
[CollectionDefinition(Name)]
public sealed class DeploymentsCollection : ICollectionFixture<Deployments>
{
    public const string Name = "Deployments";
}
