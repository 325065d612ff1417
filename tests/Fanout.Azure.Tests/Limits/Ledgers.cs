using System.Globalization;
using Fanout.Flow;

namespace Fanout.Azure.Tests.Limits;

/// <summary>Ledgers for tests.</summary>
internal static class Ledgers
{
    /// <summary>A limit that so many processes have a share of.</summary>
    public static LimitLedger Of(int processes) => new(new LimitSpec("crm-api", 20, null, 1))
    {
        Holdings = [.. Enumerable.Range(0, processes).Select(i => new LimitHolding(
            string.Create(CultureInfo.InvariantCulture, $"machine-{i}.example.internal:{i}:123456789-abcdefgh-4026531836:1"),
            DateTimeOffset.UnixEpoch.AddTicks(i), i, i, [new LimitRunShare("nightly", 0.1 + i, i, i)])
        {
            ConcurrencyCredit = i / 7d,
        })],
    };
}
