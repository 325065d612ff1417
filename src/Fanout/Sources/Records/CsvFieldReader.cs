namespace Fanout.Sources;

/// <summary>Walks the fields of one CSV record.</summary>
internal ref struct CsvFieldReader(ReadOnlySpan<byte> record, byte delimiter)
{
    private const byte Quote = (byte)'"';

    private ReadOnlySpan<byte> _rest = record;
    private bool _ended;

    /// <summary>The current field without its outer quotes.</summary>
    public ReadOnlySpan<byte> Field { get; private set; }

    /// <summary>True: <see cref="Field"/> still has its inner quotes doubled.</summary>
    public bool HasDoubledQuotes { get; private set; }

    /// <summary>What is wrong with the record; null: nothing so far.</summary>
    public string? Problem { get; private set; }

    /// <summary>Goes to the next field. False: there is none, or the record is malformed.</summary>
    public bool Read()
    {
        if (_ended)
            return false;
        if (_rest.Length > 0 && _rest[0] == Quote)
            return ReadQuoted();
        var end = _rest.IndexOf(delimiter);
        HasDoubledQuotes = false;
        Field = end < 0 ? _rest : _rest[..end];
        _ended = end < 0;
        _rest = _ended ? default : _rest[(end + 1)..];
        return true;
    }

    private bool ReadQuoted()
    {
        var end = 1;
        HasDoubledQuotes = false;
        while (true)
        {
            var found = _rest[end..].IndexOf(Quote);
            if (found < 0)
                return Fail("a quote is not closed.");
            end += found;
            if (end + 1 == _rest.Length || _rest[end + 1] != Quote)
                break;
            HasDoubledQuotes = true;
            end += 2;
        }

        Field = _rest[1..end];
        _rest = _rest[(end + 1)..];
        _ended = _rest.IsEmpty;
        if (_ended)
            return true;
        if (_rest[0] != delimiter)
            return Fail("a closing quote is followed by text; a quote inside a quoted field is written twice.");
        _rest = _rest[1..];
        return true;
    }

    private bool Fail(string problem)
    {
        Problem = problem;
        _ended = true;
        return false;
    }
}
