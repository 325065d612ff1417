using Fanout.Azure;
using Fanout.Dispatch;
using Fanout.Embedded;
using Fanout.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fanout.Cli.Wiring;

/// <summary>Opens homes in directories and in storage accounts.</summary>
/// <param name="registrations">The program's services, to which an account adds its own.</param>
/// <param name="services">The services of homes in directories.</param>
internal sealed class Homes(IServiceCollection registrations, ServiceProvider services)
{
    /// <summary>Opens a home, creating it when it is missing.</summary>
    /// <exception cref="UsageException">The storage or the hub is none.</exception>
    /// <exception cref="StorageException">It cannot be used.</exception>
    public async Task<IFanoutHome> OpenAsync(HomeOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Storage is null)
            return options.Hosts is null && options.FileRoots is null ? await EmbeddedFanout.OpenAsync(options, services) : await OpenWithRulesAsync(options);
        var storage = Connect(options);
        var provider = Provide(storage, options);
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var fanout = await EmbeddedFanout.OpenAsync(
            options, provider, TimeProvider.System, own => AzureHome.Coordinate(own, storage, ProcessOwner.Create(), TimeProvider.System, loggers));
        return new ProvidedHome(fanout, provider);
    }

    /// <summary>Works batches of the runs in a storage account.</summary>
    /// <exception cref="UsageException">There is no storage, or it or the hub is none.</exception>
    public async Task WorkAsync(HomeOptions options, BatchWorkerOptions workerOptions, CancellationToken stop, CancellationToken abort)
    {
        var storage = Connect(options);
        await using var provider = Provide(storage, options);
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var environment = HomeEnvironment.Create(
            AzureHome.Work(storage, TimeProvider.System, loggers), ProcessOwner.Create(), provider.GetRequiredService<FanoutRegistry>(), provider, TimeProvider.System);
        await using var shares = environment.LimitShares;
        await using var worker = new BatchWorker(environment, workerOptions);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var aborting = abort.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), aborted);
        await await Task.WhenAny(worker.RunAsync(stop), aborted.Task);
    }

    private async Task<IFanoutHome> OpenWithRulesAsync(HomeOptions options)
    {
        var provider = With(options).BuildServiceProvider();
        return new ProvidedHome(await EmbeddedFanout.OpenAsync(options, provider), provider);
    }

    private static AzureStorage Connect(HomeOptions options)
    {
        if (options.Storage is null)
            throw new UsageException("--storage: is missing. Give the storage account whose runs are to be worked: azure:ACCOUNT or azure:CONNECTION-STRING.");
        try
        {
            return AzureStorage.Connect(options.Storage, new AzureStorageOptions { Hub = options.Hub ?? AzureStorageOptions.DefaultHub });
        }
        catch (Exception refused) when (refused is ArgumentException or FormatException)
        {
            // The SDK's own messages may quote what was given.
            throw new UsageException(refused is ArgumentException { ParamName: null }
                ? $"--storage, --hub: {refused.Message}"
                : "--storage: is no connection string of a storage account. Copy it anew from the account's access keys, or write azure:ACCOUNT to use your identity.");
        }
    }

    private ServiceProvider Provide(AzureStorage storage, HomeOptions options) => With(options).AddAzureSources(storage).BuildServiceProvider();

    private ServiceCollection With(HomeOptions options)
    {
        var all = new ServiceCollection();
        foreach (var registration in registrations)
            ((IServiceCollection)all).Add(registration);
        if (options.Hosts is not null)
            all.AddSingleton(options.Hosts);
        if (options.FileRoots is not null)
            all.AddSingleton(options.FileRoots);
        return all;
    }

    /// <summary>A home and the services that were made for it.</summary>
    private sealed class ProvidedHome(EmbeddedFanout fanout, ServiceProvider services) : IFanoutHome
    {
        public IRunClient Client => fanout.Client;

        public ILimitClient Limits => fanout.Limits;

        public IRequestQueue? Requests => fanout.Requests;

        public IRunDriver Driver => fanout.Driver;

        public FanoutRegistry Registry => fanout.Registry;

        public async ValueTask DisposeAsync()
        {
            await fanout.DisposeAsync();
            await services.DisposeAsync();
        }
    }
}
