using Fanout.Handlers;

namespace Fanout.Simulation.Runs;

/// <summary>Everything the handlers of all processes did, in virtual time.</summary>
internal sealed class HandlerLog(VirtualTime time, Faults faults)
{
    private readonly Lock _lock = new();
    private readonly List<Handling> _all = [];

    /// <summary>What was done so far.</summary>
    public IReadOnlyList<Handling> All
    {
        get
        {
            lock (_lock)
                return [.. _all];
        }
    }

    /// <summary>Handles an item as its run's plan says. A process that has died in the meantime never comes back.</summary>
    public async ValueTask<long> HandleAsync(RunPlanned run, ItemContext context, SimulatedProcess process, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (process.IsDead)
            await SimulatedProcess.NeverAsync<bool>();
        var handling = new Handling(run, context.Index, context.Attempt, context.IdempotencyKey, process, time.Now);
        lock (_lock)
            _all.Add(handling);
        faults.Note(process, $"begins {run.Id}/{context.Index}, attempt {context.Attempt}");
        try
        {
            var duration = run.DurationOf(context.Index, context.Attempt);
            if (duration > TimeSpan.Zero)
                await Task.Delay(duration, clock, cancellationToken);
            else
                await Task.Yield();
        }
        catch (OperationCanceledException)
        {
            handling.WasCancelled = true;
            handling.End(time.Now);
            faults.Note(process, $"is cancelled in {run.Id}/{context.Index}");
            throw;
        }

        if (process.IsDead)
            await SimulatedProcess.NeverAsync<bool>();
        handling.HasSucceeded = !run.Fails(context.Index, context.Attempt);
        handling.End(time.Now);
        faults.Note(process, $"ends {run.Id}/{context.Index}");
        return handling.HasSucceeded ? context.Index : throw new InvalidOperationException("It was to fail.");
    }
}
