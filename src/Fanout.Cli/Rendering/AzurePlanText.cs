using System.Globalization;
using Fanout.Planning.Costs;
using Spectre.Console;

namespace Fanout.Cli.Rendering;

/// <summary>What a run would take in Azure, for people.</summary>
internal static class AzurePlanText
{
    private static readonly string[] Titles = ["", "TIME", "ACTIVITIES", "ORCHESTRATIONS", "STORAGE", "ACTIONS", "USD"];

    /// <summary>A table, and below it what it rests on.</summary>
    public static void Print(AzurePlan plan, TextWriter output)
    {
        output.WriteLine($"In Azure, where {Assumption(plan)}, it would take about:");
        RunTable.Print(CreateTable(plan), output);
        foreach (var note in Notes(plan))
            output.WriteLine($"  {note}");
    }

    private static string Assumption(AzurePlan plan) => plan.IsAssumed
        ? $"an item is assumed to take {HumanDuration.Format(plan.ItemTime)} (--item-time says how long it does)"
        : $"an item takes {HumanDuration.Format(plan.ItemTime)}";

    private static Table CreateTable(AzurePlan plan)
    {
        var table = new Table().Border(TableBorder.None).AddColumns([.. Titles.Select((title, at) => Column(title, at))]);
        foreach (var option in plan.Options)
            table.AddRow([.. Cells(option).Select(cell => new Text(cell))]);
        return table;
    }

    private static TableColumn Column(string title, int at)
    {
        var column = new TableColumn(title).NoWrap();
        return at == 0 ? column : column.RightAligned();
    }

    private static string[] Cells(CostEstimate option) =>
    [
        $"  {Name(option.Option)}",
        Figures.Duration(option.Time),
        Figures.Count(option.Activities),
        Figures.Count(option.Orchestrations),
        Count(option.Storage.Total),
        Figures.Count(option.Actions),
        Money(option.Usd.Total),
    ];

    private static string Name(CostOption option) => option switch
    {
        CostOption.FanoutOnAzureStorage => "Fanout, Azure Storage",
        CostOption.FanoutOnDurableTaskScheduler => "Fanout, Durable Task Scheduler",
        CostOption.OneActivityAnItem => "an activity an item, Azure Storage",
        CostOption.DistributedMapStandard => "Distributed Map, standard workflows",
        CostOption.DistributedMapExpress => "Distributed Map, express workflows",
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, "There is no such option."),
    };

    private static IEnumerable<string> Notes(AzurePlan plan)
    {
        var first = plan.Options[0];
        yield return $"storage  of the first: {Count(first.Storage.BlobWrites)} blob writes, {Count(first.Storage.BlobReads)} reads, "
            + $"{Count(first.Storage.BlobDeletes)} deletes; {Count(first.Storage.Queue)} queue, {Count(first.Storage.Table)} table";
        yield return $"money    of the first: {Money(first.Usd.Storage)} storage, {Money(first.Usd.Compute)} compute; of a Distributed Map without what works the items";
        yield return $"prices   {Prices(plan)}; --json lists them with their sources, --prices FILE replaces them";
        foreach (var price in plan.Prices.Values.Where(price => price.Note is not null))
            yield return $"note     {price.Unit}: {price.Note}";
    }

    private static string Prices(AzurePlan plan)
    {
        var given = plan.Prices.Values.Count(price => price.Given);
        var days = plan.Prices.Values.Where(price => price is { Given: false, AsOf: not null }).Select(price => price.AsOf!.Value).Order().ToList();
        var builtIn = days.Count == 0 ? "" : $"in US dollars of {Day(days[0])} to {Day(days[^1])}, without free grants";
        return given == 0 ? builtIn : $"{builtIn}{(builtIn.Length == 0 ? "" : "; ")}{given} given";
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Count(double count) => count.ToString("N0", CultureInfo.InvariantCulture);

    // Two digits that count, however little it is.
    private static string Money(double usd) => usd switch
    {
        0 => "0",
        < 0.0001 => "<0.0001",
        < 0.01 => usd.ToString("0.0000", CultureInfo.InvariantCulture),
        _ => usd.ToString("N2", CultureInfo.InvariantCulture),
    };
}
