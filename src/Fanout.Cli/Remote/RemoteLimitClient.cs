using Fanout.Client;
using Fanout.Client.Views;
using Fanout.Flow;
using Fanout.Runs;
using Fanout.Views;

namespace Fanout.Cli.Remote;

/// <summary>The limits that the runs of a server share.</summary>
/// <param name="server">The server.</param>
internal sealed class RemoteLimitClient(FanoutClient server) : ILimitClient
{
    // Which of the server's processes has what share is not told.
    private const string Holder = "server";

    public Task SetAsync(LimitSpec limit, CancellationToken cancellationToken) => server.SetLimitAsync(limit, cancellationToken);

    public async Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await server.ListLimitsAsync(cancellationToken)).Select(Ledger)];

    public async Task<LimitLedger> GetAsync(string name, CancellationToken cancellationToken) => Ledger(await server.GetLimitAsync(name, cancellationToken));

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => server.RemoveLimitAsync(name, cancellationToken);

    private static LimitLedger Ledger(LimitView limit)
    {
        var runs = limit.Runs.Select(run => new LimitRunShare(run.RunId, run.Weight, run.Wanted, run.Granted)).ToList();
        return new LimitLedger(new LimitSpec(limit.Name, limit.Concurrency, limit.Rate, limit.Burst ?? 1))
        {
            Holdings = runs.Count == 0 && limit.Granted == 0 ? [] : [new LimitHolding(Holder, DateTimeOffset.MaxValue, (int)Math.Min(limit.Granted, int.MaxValue), RateUnits: 0, runs)],
        };
    }
}
