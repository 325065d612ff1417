using CsCheck;
using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class AllotmentSplitTests
{
    [Fact]
    public void Parts_NeverAddUpToMoreThanTheWhole() =>
        Gen.Select(Gen.Int[0, 1_000], Gen.Double[0.01, 10_000], Gen.Int[1, 1_000], Gen.Int[1, 64], Gen.Bool).Sample((concurrency, count, burst, parts, limited) =>
        {
            var whole = new Allotment(concurrency, limited ? new Rate(count, TimeSpan.FromSeconds(1)) : null, burst);
            var split = Enumerable.Range(0, parts).Select(i => AllotmentSplit.Part(whole, i, parts)).ToList();
            Assert.True(split.Sum(part => part.Concurrency) <= concurrency);
            Assert.All(split, part => Assert.True(part.Burst > 0));
            if (!limited)
            {
                Assert.Equal(concurrency, split.Sum(part => part.Concurrency));
                return;
            }

            var able = split.Where(part => part.Concurrency > 0).ToList();
            Assert.True(able.Sum(part => part.Burst) <= burst);
            Assert.All(split, part => Assert.Equal(new Rate(count / parts, TimeSpan.FromSeconds(1)), part.Rate));
            Assert.True(able.Sum(part => part.Rate!.Value.PerSecond) <= whole.Rate!.Value.PerSecond * (1 + 1e-9));
        });

    [Fact]
    public void MostParts_CanEachStartAnItem() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300], Gen.Bool).Sample((concurrency, burst, limited) =>
        {
            var whole = new Allotment(concurrency, limited ? new Rate(100, TimeSpan.FromSeconds(1)) : null, burst);
            var parts = AllotmentSplit.MostParts(whole);
            Assert.All(Enumerable.Range(0, parts), i => Assert.True(AllotmentSplit.Part(whole, i, parts) is { Concurrency: > 0, Burst: > 0 }));
        });
}
