using System.Text.Json.Serialization;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.SecretsManager;

[JsonConverter(typeof(ConstantConverter<SortOrderType>))]
public class SortOrderType(string value) : ConstantClass(value), IConstant<SortOrderType>
{
    public static readonly SortOrderType Asc = new("asc");
    public static readonly SortOrderType Desc = new("desc");

    public static SortOrderType FindValue(string value) => FindValue<SortOrderType>(value);

    public static implicit operator SortOrderType(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<FilterNameStringType>))]
public class FilterNameStringType(string value) : ConstantClass(value), IConstant<FilterNameStringType>
{
    public static readonly FilterNameStringType Description = new("description");
    public static readonly FilterNameStringType Name = new("name");
    public static readonly FilterNameStringType All = new("all");

    public static FilterNameStringType FindValue(string value) => FindValue<FilterNameStringType>(value);

    public static implicit operator FilterNameStringType(string value) => FindValue(value);
}
