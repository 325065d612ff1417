using System.Text;
using CsCheck;
using Fanout.Sources;
using Fanout.Storage;
using Fanout.Tests.Results.Redriving;
using Xunit;
using MemoryWorkspace = Fanout.Conformance.Sources.MemoryWorkspace;

namespace Fanout.Tests.Sources.Keyed;

public sealed class KeyedSourceTests
{
    // So little that few items are many runs, merged in several passes.
    private static readonly Gen<SortSettings> _settings = Gen.Select(
        Gen.Int[1, 600], Gen.Int[1, 20], Gen.Int[2, 4], Gen.Int[1, 100],
        (bytes, records, fanIn, block) => new SortSettings { RunBytes = bytes, RunRecords = records, FanIn = fanIn, BlockBytes = block });

    // One giant key, all distinct, and what lies between.
    private static readonly Gen<int[]> _keys = Gen.OneOf(
        Gen.Int[0, 0].Array[0, 120], Gen.Int.Array[0, 120], Gen.Int[0, 7].Array[0, 120], Gen.OneOf(Gen.Const(1), Gen.Const(1), Gen.Int[0, 1000]).Array[0, 120]);

    [Fact]
    public Task AnyKeys_EachItemIsWithItsKeyOnceInTheSourcesOrder() =>
        Gen.Select(_keys, _settings).SampleAsync(async (keys, settings) =>
        {
            var items = keys.Select((key, index) => Item(index, $$"""{"pad":"{{new string('x', index % 50)}}","k":{{key}}}""")).ToList();
            var (plan, runs) = await PartitionAsync(items, settings);

            Assert.Equal(keys.Distinct().Count(), plan.ByKey!.Value.Keys);
            Assert.Equal(keys.GroupBy(key => key).Select(group => group.Count()).DefaultIfEmpty().Max(), plan.ByKey.Value.Largest);
            var expected = keys.Select((key, index) => (key, index)).GroupBy(item => item.key).Select(group => string.Join(',', group.Select(item => item.index)));
            Assert.Equal(expected.Order(), runs.Select(run => string.Join(',', run.Select(item => item.Index))).Order());
            Assert.All(runs.SelectMany(run => run), item => Assert.Equal(Encoding.UTF8.GetString(items[(int)item.Index].Value.Span), Encoding.UTF8.GetString(item.Value.Span)));
        }, iter: 300, threads: 1);

    [Fact]
    public async Task WhatAnItemBringsAlong_IsKept()
    {
        Item[] items =
        [
            Item(0, "{\"k\":1}") with { Key = "earlier/7", Line = 3 },
            new Item(1, Encoding.UTF8.GetBytes("text"), IsText: true) { Line = 4 },
            new Item(2, default, IsText: false) { Defect = new ItemError("Oversized", "too large"), Line = 5 },
        ];
        var (_, runs) = await PartitionAsync(items, SortSettings.Default);
        var read = runs.SelectMany(run => run).OrderBy(item => item.Index).ToList();
        Assert.Equal(items.Select(Describe), read.Select(Describe));

        static string Describe(Item item) => $"{item.Index} {Encoding.UTF8.GetString(item.Value.Span)} {item.IsText} {item.Key} {item.Line} {item.Defect}";
    }

    [Theory]
    [InlineData("""{"k":"a"}""", """{ "k" : "\u0061" }""", true)]
    [InlineData("""{"k":1}""", """{"k":"1"}""", false)]
    [InlineData("""{"k":{"a":[1, 2]}}""", """{"k":{"a":[1,2]}}""", true)]
    [InlineData("""{"k":1}""", """{"k":2,"k":1}""", true)]
    [InlineData("""{"k":null}""", """{"other":1}""", true)]
    [InlineData("""{"k":1""", "not json", true)]
    [InlineData("""{"k":""}""", """{}""", false)]
    [InlineData("""{"k":true}""", """{"k":"true"}""", false)]
    public void Keys_AreTheSameWhenTheirValuesAre(string left, string right, bool same)
    {
        var keys = new ItemKeys("/k");
        Assert.Equal(same, keys.KeyOf(Item(0, left)) == keys.KeyOf(Item(1, right)));
    }

    [Theory]
    [InlineData("/a/0/b~1c", """{"a":[{"b/c":"x"}]}""", true)]
    [InlineData("/a/1", """{"a":[1,"x"]}""", true)]
    [InlineData("/a/01", """{"a":[1,"x"]}""", false)]
    [InlineData("/a/2", """{"a":[1,"x"]}""", false)]
    [InlineData("", "\"x\"", true)]
    public void Pointers_FollowTheStandard(string pointer, string item, bool isX)
    {
        var keys = new ItemKeys(pointer);
        Assert.Equal(isX, keys.KeyOf(Item(0, item)) == new ItemKeys("").KeyOf(new Item(0, "x"u8.ToArray(), IsText: true)));
        Assert.Equal(!isX, keys.KeyOf(Item(0, item)) == ItemKeys.None);
    }

    [Fact]
    public async Task DamagedPartition_IsSaid()
    {
        var workspace = new MemoryWorkspace();
        await new KeyedSource(new ListSource([Item(0, "{\"k\":1}"), Item(1, "{\"k\":1}")]), "/k", SortSettings.Default).PlanAsync(workspace, CancellationToken.None);
        workspace.Replace(KeyedFiles.Items, [1, 0, 0, 0, 0, 0, 0, 0]);
        await using var runs = KeyRuns.Open(workspace);
        var (start, end) = await runs.SpanAsync(0);
        await Assert.ThrowsAsync<SourceException>(async () => await runs.ReadAsync(start, end, 1, readOn: true));
    }

    private static async Task<(SourcePlan Plan, List<List<Item>> Runs)> PartitionAsync(IReadOnlyList<Item> items, SortSettings settings)
    {
        var workspace = new MemoryWorkspace();
        var plan = await new KeyedSource(new ListSource(items), "/k", settings).PlanAsync(workspace, CancellationToken.None);
        await using var reader = KeyRuns.Open(workspace);
        var runs = new List<List<Item>>();
        for (var key = 0L; key < plan.ByKey!.Value.Keys; key++)
        {
            var run = new List<Item>();
            var (start, end) = await reader.SpanAsync(key);
            while (start < end)
            {
                var record = await reader.ReadOneAsync(start);
                Assert.Equal(key, KeyedRecord.KeyOf(record));
                run.Add(KeyedRecord.Parse(record));
                start += record.Length;
            }

            runs.Add(run);
        }

        return (plan, runs);
    }

    private static Item Item(long index, string json) => new(index, Encoding.UTF8.GetBytes(json), IsText: false);
}
