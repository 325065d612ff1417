using System.Text.Json;

namespace Fanout;

/// <summary>Where the items come from. One sealed record a kind.</summary>
public abstract record SourceSpec
{
    private protected SourceSpec()
    {
    }

    /// <summary>The kind's name in the spec.</summary>
    public abstract string Kind { get; }

    /// <summary>Largest item accepted, in bytes of UTF-8, 1 to 64 MiB. Default: 1 MiB. A larger one becomes a failed item.</summary>
    public int MaxItemBytes { get; init; } = DefaultMaxItemBytes;

    /// <summary>1 MiB.</summary>
    public const int DefaultMaxItemBytes = 1 << 20;
}

/// <summary>A source that is one text file or blob: UTF-8 (a byte order mark is fine), gzip when the name ends in .gz, <c>-</c> for standard input.</summary>
public abstract record FileSourceSpec : SourceSpec
{
    private protected FileSourceSpec()
    {
    }

    /// <summary>Path of the file, <c>-</c>, or a blob as <see cref="BlobPath"/> says.</summary>
    public required string Path { get; init; }
}

/// <summary>Each line is an item, a JSON string without its line end.</summary>
public sealed record LinesSourceSpec : FileSourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "lines";
}

/// <summary>Each line that is not blank is an item, a JSON value.</summary>
public sealed record JsonlSourceSpec : FileSourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "jsonl";
}

/// <summary>Each element of one JSON array is an item.</summary>
public sealed record JsonSourceSpec : FileSourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "json";
}

/// <summary>Each record of a CSV file (RFC 4180) is an item: an object by the header's names, or an array of strings without a header.</summary>
public sealed record CsvSourceSpec : FileSourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "csv";

    /// <summary>One character. Default: comma.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>True (the default): the first record names the fields.</summary>
    public bool Header { get; init; } = true;
}

/// <summary>The integers from <see cref="Start"/> up to but not including <see cref="End"/>, at most 10^12 of them.</summary>
public sealed record RangeSourceSpec : SourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "range";

    /// <summary>First number.</summary>
    public required long Start { get; init; }

    /// <summary>One past the last number.</summary>
    public required long End { get; init; }
}

/// <summary>The items stand in the spec itself; at most 10,000 of them, and 1 MiB.</summary>
public sealed record InlineSourceSpec : SourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "inline";

    /// <summary>The items, any JSON values.</summary>
    public required IReadOnlyList<JsonElement> Items { get; init; }
}

/// <summary>Each file that matches is an item: <c>{"path","name","size","modified"}</c>, in ordinal order of path.</summary>
public sealed record FilesSourceSpec : SourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "files";

    /// <summary>Globs (<c>*</c>, <c>**</c>, <c>?</c>); one that begins with <c>!</c> excludes.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>The directory that relative globs start from. Default: the current one when the spec was read.</summary>
    public string? Root { get; init; }
}

/// <summary>
/// Each blob of a container is an item: <c>{"container","name","size","contentType","lastModified"}</c>, in ordinal order of name. They are listed
/// once, when the run is planned.
/// </summary>
public sealed record BlobsSourceSpec : SourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "blobs";

    /// <summary>The container, in the storage account that is connected.</summary>
    public required string Container { get; init; }

    /// <summary>What the blobs' names begin with; null: any.</summary>
    public string? Prefix { get; init; }
}

/// <summary>The items of an earlier run that did not succeed.</summary>
public sealed record RedriveSourceSpec : SourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "redrive";

    /// <summary>The earlier run's id.</summary>
    public required string Run { get; init; }

    /// <summary>Which outcomes are taken. Default: all that did not succeed, and items never started.</summary>
    public RedriveSelection Only { get; init; } = RedriveSelection.All;

    /// <summary>Only items whose error's type or message contains this text (case-insensitive); null: any.</summary>
    public string? WhereError { get; init; }
}

/// <summary>Which items of an earlier run a redrive takes.</summary>
public enum RedriveSelection
{
    /// <summary>Everything that did not succeed: failed, timed out, cancelled, never started.</summary>
    All,

    /// <summary>Only failed ones.</summary>
    Failed,

    /// <summary>Only timed-out ones.</summary>
    TimedOut,

    /// <summary>Only cancelled ones and those never started.</summary>
    Cancelled,
}

/// <summary>A source registered in code under a name (<c>AddSource</c>).</summary>
public sealed record CustomSourceSpec : SourceSpec
{
    /// <inheritdoc/>
    public override string Kind => "custom";

    /// <summary>The name it is registered under.</summary>
    public required string Name { get; init; }

    /// <summary>A JSON object the source defines; null: none.</summary>
    public JsonElement? Options { get; init; }
}
