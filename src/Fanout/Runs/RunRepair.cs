using Fanout.Flow;
using Fanout.Orchestration;
using Fanout.Processing;
using Fanout.Specs;
using Microsoft.Extensions.Logging;

namespace Fanout.Runs;

/// <summary>
/// Mends what crashes and other processes left half done, where no process drives runs: runs whose orchestration was never begun or has died,
/// orchestrations that were not told what was asked of their run, shares of limits whose holders are gone. Doing it again does no harm.
/// </summary>
/// <param name="client">The runs.</param>
/// <param name="environment">This process.</param>
/// <param name="engine">What executes the orchestrations.</param>
public sealed class RunRepair(IRunClient client, RunEnvironment environment, IOrchestrationClient engine)
{
    // A start adds the run first, and then its orchestration; who works a run tells so every second.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = environment.LoggerFactory.CreateLogger<RunRepair>();

    /// <summary>Looks at every run that has not ended, and at every limit.</summary>
    /// <exception cref="StorageException">The storage cannot be used; some may have been mended.</exception>
    public async Task RepairAsync(CancellationToken cancellationToken)
    {
        await foreach (var run in client.ReadAllAsync(RunPages.Unended, cancellationToken).ConfigureAwait(false))
            await RepairAsync(run, cancellationToken).ConfigureAwait(false);
        await DropSharesLeftBehindAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RepairAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var now = environment.Time.GetUtcNow();
        if (now - run.CreatedAt < Silence)
            return;
        var instance = await engine.GetInstanceAsync(run.Id, cancellationToken).ConfigureAwait(false);
        if (instance is null)
            await BeginAsync(run, cancellationToken).ConfigureAwait(false);
        else if (instance.IsCompleted)
            await CloseAsync(run, instance, now, cancellationToken).ConfigureAwait(false);
        else if (MayNotHaveHeard(run, now))
            await engine.RaiseEventAsync(run.Id, ControlSignal.EventName, ControlSignal.Of(run.Control), cancellationToken).ConfigureAwait(false);
    }

    // A run that is paused is silent because it was told so. Another that is may wait for what it was not told.
    private static bool MayNotHaveHeard(RunRecord run, DateTimeOffset now) =>
        run.Control.Version > 0
        && (run.Control.Stop is not null || !run.Control.Paused)
        && (run.Progress is not { } progress || now - progress.At >= Silence);

    private async Task BeginAsync(RunRecord run, CancellationToken cancellationToken)
    {
        _logger.BegunAgain(run.Id);
        await client.StartAsync(SpecReader.Read(run.SpecJson, environment.Registry), cancellationToken).ConfigureAwait(false);
    }

    private async Task CloseAsync(RunRecord run, OrchestrationMetadata instance, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // It may have ended between the two looks.
        if (await environment.Catalog.GetAsync(run.Id, cancellationToken).ConfigureAwait(false) is not { Report: null } still)
            return;
        _logger.ClosedFailed(run.Id, instance.Status, instance.Failure?.ErrorMessage);
        await FailedRun.CloseAsync(environment.Catalog, still, still.Progress, instance, now, client.LocateResults(run.Id)).ConfigureAwait(false);
    }

    // Who renews a share drops those that have expired; of a limit that nobody uses any more they would be kept, and shown, for ever.
    private async Task DropSharesLeftBehindAsync(CancellationToken cancellationToken)
    {
        foreach (var ledger in await environment.Limits.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (WithoutLeftBehind(ledger) != ledger)
                await environment.Limits.UpdateAsync(ledger.Limit.Name, Drop, cancellationToken).ConfigureAwait(false);
        }

        (LimitLedger? Ledger, bool Result) Drop(LimitLedger? ledger) => (ledger is null ? null : WithoutLeftBehind(ledger), true);
    }

    private LimitLedger WithoutLeftBehind(LimitLedger ledger)
    {
        var latest = environment.Time.GetUtcNow() - Silence;
        return ledger.Holdings.Any(holding => holding.ExpiresAt <= latest)
            ? LimitRenewal.Settle(ledger, environment.Time.GetUtcNow(), holding => holding.ExpiresAt <= latest)
            : ledger;
    }
}
