using System.Globalization;
using Fanout.Planning;
using Fanout.Processing;
using Fanout.Processing.Limits;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Sources;
using Fanout.Specs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fanout.Runs;

/// <summary>What a process offers the runs of a home, over the home's storage: that of one that drives them, and of one that only works their batches.</summary>
public static class HomeEnvironment
{
    /// <summary>Makes it.</summary>
    /// <param name="storage">Where the home keeps its runs.</param>
    /// <param name="owner">This process, as leases name it.</param>
    /// <param name="registry">What specs may name.</param>
    /// <param name="services">What handlers are made from.</param>
    /// <param name="time">The clock.</param>
    public static RunEnvironment Create(HomeStorage storage, string owner, FanoutRegistry registry, IServiceProvider services, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(services);
        var random = new SharedRandom(storage.Random);
        SourceFactory? sources = null;
        sources = new SourceFactory(registry, services, Console.OpenStandardInput, redrive => new RedriveSource(
            redrive, storage.Results, cancellationToken => FindEarlierAsync(redrive.Run, cancellationToken)))
        {
            Settings = (ScanSettings?)services.GetService(typeof(ScanSettings)) ?? new ScanSettings(),
            Remote = storage.Remote ?? (IRemoteSources?)services.GetService(typeof(IRemoteSources)),
        };
        return new RunEnvironment
        {
            Registry = registry,
            Services = services,
            Catalog = storage.Catalog,
            Limits = storage.Limits,
            LimitShares = new LimitHolder(storage.Limits, owner, storage.IsDead, time, storage.LivingKeepSharesFor),
            Results = storage.Results,
            CreateSource = sources.Create,
            OpenWorkspace = storage.OpenWorkspace,
            SignalAsync = (_, _) => Task.CompletedTask,
            Queue = storage.Queue,
            Completions = storage.Completions,
            Announcements = storage.Announcements ?? (IAnnouncementQueue?)services.GetService(typeof(IAnnouncementQueue)),
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
            var plan = await PlanDocument.ReadAsync(storage.Results, runId, cancellationToken).ConfigureAwait(false);
            return new EarlierRun
            {
                RunId = runId,
                Report = record.Report,
                Keep = spec.Results.Keep,
                Parts = await new ResultReader(storage.Results).FindPartsAsync(record, cancellationToken).ConfigureAwait(false),
                Source = sources!.Create(spec.Source),
                Plan = plan?.Source,
                Workspace = storage.OpenWorkspace(runId),
            };
        }
    }

    /// <summary>Random numbers for many threads.</summary>
    private sealed class SharedRandom(Random random)
    {
        private readonly Lock _lock = new();

        public double NextDouble()
        {
            lock (_lock)
                return random.NextDouble();
        }

        public string NextName()
        {
            lock (_lock)
                return random.NextInt64().ToString("x16", CultureInfo.InvariantCulture)[^12..];
        }
    }
}
