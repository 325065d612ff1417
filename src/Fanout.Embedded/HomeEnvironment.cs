using System.Globalization;
using Fanout.Embedded.Driving;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Processing.Limits;
using Fanout.Results;
using Fanout.Sources;
using Fanout.Specs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fanout.Embedded;

/// <summary>What a process with an open home offers its runs: files beside the database.</summary>
internal static class HomeEnvironment
{
    // All processes of a home are of one machine: one that does not renew its shares of limits and is not dead is held up, with items in flight.
    private static readonly TimeSpan LivingKeepSharesFor = TimeSpan.FromMinutes(1);

    public static RunEnvironment Create(
        HomePaths paths, EmbeddedStorage storage, FanoutRegistry registry, IServiceProvider services, TimeProvider time)
    {
        var results = new FileResultStore(paths.Results);
        var random = new SharedRandom();
        SourceFactory? sources = null;
        sources = new SourceFactory(registry, services, Console.OpenStandardInput, redrive => new RedriveSource(
            redrive, results, cancellationToken => FindEarlierAsync(redrive.Run, cancellationToken)));
        return new RunEnvironment
        {
            Registry = registry,
            Services = services,
            Catalog = storage.Catalog,
            Limits = storage.Limits,
            LimitShares = new LimitHolder(storage.Limits, ProcessOwner.Create(), ProcessOwner.IsDead, time, LivingKeepSharesFor),
            Results = results,
            CreateSource = sources.Create,
            OpenWorkspace = runId => new DirectoryWorkspace(paths.Workspace(runId)),
            SignalAsync = (_, _) => Task.CompletedTask,
            Time = time,
            LoggerFactory = (ILoggerFactory?)services.GetService(typeof(ILoggerFactory)) ?? NullLoggerFactory.Instance,
            NextRandom = random.NextDouble,
            NewExecutionId = random.NextName,
            LanesShareProcess = true,
        };

        async ValueTask<EarlierRun?> FindEarlierAsync(string runId, CancellationToken cancellationToken)
        {
            if (await storage.Catalog.GetAsync(runId, cancellationToken).ConfigureAwait(false) is not { } record)
                return null;
            var spec = SpecReader.Read(record.SpecJson, registry);
            var plan = await PlanDocument.ReadAsync(results, runId, cancellationToken).ConfigureAwait(false);
            return new EarlierRun
            {
                RunId = runId,
                Report = record.Report,
                Keep = spec.Results.Keep,
                Parts = await new ResultReader(results).FindPartsAsync(runId, cancellationToken).ConfigureAwait(false),
                Source = sources!.Create(spec.Source),
                Plan = plan?.Source,
                Workspace = new DirectoryWorkspace(paths.Workspace(runId)),
            };
        }
    }

    /// <summary>Random numbers for many threads, from the system's seed.</summary>
    private sealed class SharedRandom
    {
        private readonly Lock _lock = new();
        private readonly Random _random = new();

        public double NextDouble()
        {
            lock (_lock)
                return _random.NextDouble();
        }

        public string NextName()
        {
            lock (_lock)
                return _random.NextInt64().ToString("x16", CultureInfo.InvariantCulture)[^12..];
        }
    }
}
